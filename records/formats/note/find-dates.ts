import { civil, dayNumber, groupedBirthYear } from "../../dates.js";
import type { Span } from "./span.js";

const months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"] as const;
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
const monthWord = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const weekdayWord = "(?:sun|mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sunday|monday|tuesday|wednesday|thursday|friday|saturday)";
const year = "(?:(?:19|20)\\d\\d|['’]\\d\\d)";
const before = "(?<![\\p{L}\\d/.-]|\\d,|\\d\\s?[-/.])";
const after = "(?![\\p{L}\\d]|[/-]\\d|\\.\\d|%)";
const ordinal = "(?:st|nd|rd|th)?";

/** Holidays with a fixed or nearly fixed day: month, day. */
const holidays: Readonly<Record<string, readonly [number, number]>> = {
  christmas: [12, 25], "christmas eve": [12, 24], "christmas day": [12, 25], thanksgiving: [11, 25], "thanksgiving day": [11, 25], "new year's eve": [12, 31], "new year's day": [1, 1], "new years eve": [12, 31], "new years day": [1, 1], "new year's": [1, 1], "new years": [1, 1], halloween: [10, 31], "valentine's day": [2, 14],
  "independence day": [7, 4], "fourth of july": [7, 4], "july 4th": [7, 4], "labor day": [9, 4], "memorial day": [5, 28], "veterans day": [11, 11], "easter": [4, 9], "mother's day": [5, 11], "father's day": [6, 18], hanukkah: [12, 15], "super bowl sunday": [2, 5], "st. patrick's day": [3, 17], juneteenth: [6, 19], "columbus day": [10, 11], "presidents' day": [2, 18], "presidents day": [2, 18], "mlk day": [1, 18], "martin luther king day": [1, 18],
};

const monthOf = (text: string): number => months.findIndex((name) => name.startsWith(text.toLowerCase().slice(0, 3))) + 1;
const yearOf = (text: string): number => { const digits = text.replace(/\D/g, ""); const n = Number(digits); return digits.length > 2 ? n : n + (n < 40 ? 2000 : 1900); };
const suffix = (day: number): string => (day % 100 >= 11 && day % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th"));

/** Writes a word as another stood: its length, its capitals. */
function like(model: string, full: string): string {
  const short = model.length <= 4 && model.length !== full.length ? full.slice(0, 3) : full;
  return model === model.toUpperCase() ? short.toUpperCase() : /^\p{Lu}/u.test(model) ? short.charAt(0).toUpperCase() + short.slice(1) : short;
}
const padLike = (model: string, value: number): string => (model.startsWith("0") || model.length > String(value).length ? String(value).padStart(model.length, "0") : String(value));
const yearLike = (model: string, value: number): string => { const digits = model.replace(/\D/g, "").length; return model.replace(/\d+/, digits === 4 ? String(value).padStart(4, "0") : String(value % 100).padStart(2, "0")); };

export interface DateOptions {
  /** Days that this patient's dates move by. */
  readonly days: number;
  readonly referenceDate: Date;
}

/** Before or behind a day without a year or with both parts small, these say that it is a date. */
const dateCue = /(?:\b(?:on|since|from|until|till|by|dated?|through|thru|before|after|between|starting|started|start|began|stopped|due|seen|admitted|admit|discharged|d\/c(?:'?d)?|dc'?d|placed|removed|drawn|collected|last|as of|of|week of|s\/p|born|dob|exp|lmp|ov|appt|appointment|f\/u|follow-?up|repeat|cx|culture|cultures|labs?|cxr|ct|mri|echo|ekg|surgery|or|visit|note|addendum|today|yesterday|tomorrow|effective|signed|updated?|bcx|ucx|vs\.?|compared to|prior|and|to|-|–)|[(,;:])\s*$/i;
const noDate = /\b(?:pain|strength|motor|power|murmur|grade|score|scale|gcs|apgars?|apgar|reflex(?:es)?|dtrs?|pulses?|sem|vision|acuity|visual|gravida|stage|bp|rated|rates|rating|level|intensity|sats?|o2|peep|ratio|moca|mmse|phq|orientation|oriented|nodes?)[^.\n]{0,18}$/i;
const noDateAfter = /^\s*(?:pain|strength|motor|power|systolic|diastolic|murmur|sem|bilaterally|throughout|in (?:all|intensity|severity|strength)|tab|tablets?|pills?|cup|ns\b|normal saline|dose|pulses?|nodes?|lymph|positive|patients?|bottles?|of (?:the|a)|pack|ppd|on (?:the|a) |scale|inch|mile|teaspoon|hours?|days?|times?|ue\b|le\b|rue|lue|rle|lle|b\/l|reflex|mg|ml|cm|mm|l\b|units?|lungs?|sutures?|rest|joint|out of)/i;


/** Finds the days, months and years of a text, each with what it becomes `days` later in the same writing. */
export function findDates(text: string, { days, referenceDate }: DateOptions): Span[] {
  const found: Span[] = [];
  const each = (pattern: string, make: (groups: Record<string, string>, match: RegExpExecArray) => string | null): void => {
    for (const match of text.matchAll(new RegExp(pattern, "giu"))) {
      const put = make((match.groups ?? {}) as Record<string, string>, match);
      if (put !== null) found.push({ start: match.index, end: match.index + match[0].length, kind: "date", put });
    }
  };
  const stated = /\b(?:19|20)\d\d\b/.exec(text.replace(/(?:dob|birth|born)[^\n]{0,20}/gi, " "))?.[0];
  const assumed = stated === undefined ? referenceDate.getUTCFullYear() : Number(stated);
  /** Day first, where some day of the text can be no month. */
  const dayFirst = /(?<![\d/.-])(?:1[3-9]|2\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)?\d\d(?![\d/.-])/.test(text) && !/(?<![\d/.-])(?:0?[1-9]|1[0-2])[/.-](?:1[3-9]|2\d|3[01])[/.-](?:19|20)?\d\d(?![\d/.-])/.test(text);
  const moved = (y: number, m: number, d: number): [number, number, number] | null => { const day = dayNumber(y, m, d); return day === null ? null : civil(day + days); };
  const birth = (at: number, y: number, m: number, d: number): number | null => {
    if (!/(?:dob|d\.o\.b\.?|birth ?date|date of birth|birth|born)[^\n\p{L}]{0,4}(?:on |in |is |was )?\W{0,3}$/iu.test(text.slice(Math.max(0, at - 34), at))) return null;
    const two = (n: number): string => String(n).padStart(2, "0");
    return groupedBirthYear(`${y}-${two(m)}-${two(d)}`, referenceDate);
  };
  const weekday = (y: number, m: number, d: number, model: string): string => like(model.replace(/\.$/, ""), weekdays[(((dayNumber(y, m, d) ?? 0) + 4) % 7 + 7) % 7] ?? "") + (model.endsWith(".") ? "." : "");
  /** A weekday before a date moves with it. */
  const lead = `(?:(?<wd>${weekdayWord}\\.?)(?<wg>,?\\s+))?`;
  const led = (g: Record<string, string>, [y, m, d]: readonly [number, number, number]): string => (g["wd"] === undefined ? "" : weekday(y, m, d, g["wd"]) + (g["wg"] ?? ""));

  // 2021-03-14, 2021/3/14, 20210314 (with a time behind or a label before).
  each(`${lead}${before}(?<y>(?:19|20)\\d\\d)(?<s>[-/.])(?<m>\\d{1,2})\\k<s>(?<d>\\d{1,2})(?![\\d/-])`, (g, match) => {
    const to = moved(Number(g["y"]), Number(g["m"]), Number(g["d"]));
    if (to === null) return null;
    const y = birth(match.index, Number(g["y"]), Number(g["m"]), Number(g["d"])) ?? to[0];
    return led(g, to) + [String(y), padLike(g["m"] ?? "", to[1]), padLike(g["d"] ?? "", to[2])].join(g["s"]);
  });
  each(`(?<![\\p{L}\\d.,/-])(?<y>(?:19|20)\\d\\d)(?<m>0[1-9]|1[0-2])(?<d>0[1-9]|[12]\\d|3[01])(?=[T ]?(?:[01]\\d|2[0-3]):?[0-5]\\d|${after})`, (g) => {
    const to = moved(Number(g["y"]), Number(g["m"]), Number(g["d"]));
    return to === null ? null : `${to[0]}${String(to[1]).padStart(2, "0")}${String(to[2]).padStart(2, "0")}`;
  });
  // 3/14/2021, 03-14-21, 14.3.2021, also between blanks.
  each(`${lead}${before}(?<a>\\d{1,2})(?<s>\\s?[-/.]\\s?)(?<b>\\d{1,2})(?<s2>\\s?[-/.]\\s?)(?<y>(?:19|20)\\d\\d|['’]?\\d\\d)(?![\\d]|[/-]\\d|\\.\\d|\\s?mg|\\s?%)`, (g, match) => {
    if ((g["s"] ?? "").trim() !== (g["s2"] ?? "").trim()) return null;
    const [a, b] = [Number(g["a"]), Number(g["b"])];
    const isDayFirst = a > 12 || (b <= 12 && dayFirst);
    const [m, d] = isDayFirst ? [b, a] : [a, b];
    const y = yearOf(g["y"] ?? "");
    const to = moved(y, m, d);
    if (to === null) return null;
    const [first, second] = isDayFirst ? [to[2], to[1]] : [to[1], to[2]];
    return led(g, to) + padLike(g["a"] ?? "", first) + (g["s"] ?? "") + padLike(g["b"] ?? "", second) + (g["s2"] ?? "") + yearLike(g["y"] ?? "", birth(match.index, y, m, d) ?? to[0]);
  });
  // 14-Mar-2021, 14 March 2021, 14MAR21, 14th of March, 2021.
  each(`${lead}(?<![\\p{L}\\d/])(?<d>\\d{1,2})(?<o>${ordinal})(?<g1>\\s?(?:day )?\\s?of\\s|[\\s,./-]{0,2})(?<m>${monthWord})(?<g2>\\.?[\\s,./-]{0,3})(?<y>(?:19|20)\\d\\d|['’]?\\d\\d(?!\\d|:|\\s?(?:mg|ml|units?|hrs?|hours|am|pm|years?|days?|weeks?)))(?![\\p{L}\\d]|\\.\\d)`, (g, match) => {
    const y = yearOf(g["y"] ?? "");
    const m = monthOf(g["m"] ?? "");
    const to = moved(y, m, Number(g["d"]));
    if (to === null) return null;
    return led(g, to) + padLike(g["d"] ?? "", to[2]) + (g["o"] === "" ? "" : suffix(to[2])) + (g["g1"] ?? "") + like(g["m"] ?? "", months[to[1] - 1] ?? "") + (g["g2"] ?? "") + yearLike(g["y"] ?? "", birth(match.index, y, m, Number(g["d"])) ?? to[0]);
  });
  // March 14, 2021; Mar. 14th 2021; MAR-14-2021; the 14th of a month without a year comes below.
  each(`${lead}(?<![\\p{L}])(?<m>${monthWord})(?<g1>\\.?[\\s-]{0,2}(?:the )?)(?<d>\\d{1,2})(?<o>${ordinal})(?<g2>(?:\\s?,\\s?|\\s|-|\\s+of\\s+)\\s?)(?<y>(?:19|20)\\d\\d|['’]\\d\\d)(?![\\p{L}\\d])`, (g, match) => {
    const [y, m, d] = [yearOf(g["y"] ?? ""), monthOf(g["m"] ?? ""), Number(g["d"])];
    const to = moved(y, m, d);
    if (to === null) return null;
    return led(g, to) + like(g["m"] ?? "", months[to[1] - 1] ?? "") + (g["g1"] ?? "") + padLike(g["d"] ?? "", to[2]) + (g["o"] === "" ? "" : suffix(to[2])) + (g["g2"] ?? "") + yearLike(g["y"] ?? "", birth(match.index, y, m, d) ?? to[0]);
  });
  // March 14 and 14 March, without a year; with a range's second day.
  each(`${lead}(?<![\\p{L}])(?<m>${monthWord})(?<g1>\\.?\\s{1,2}(?:the )?|-)(?<d>\\d{1,2})(?<o>${ordinal})(?:(?<g3>\\s?(?:-|–|to|and|through|&)\\s?)(?<d2>\\d{1,2})(?<o2>${ordinal}))?(?![\\p{L}\\d]|[:/]\\d|\\.\\d|\\s?(?:mg|ml|units?|mcg|%|pounds|lbs|kg))`, (g) => {
    if (g["m"] === "may" || g["m"] === "march" || g["m"] === "mar") { if (g["o"] === "" && !/^(?:May|March|Mar)$/.test(g["m"])) return null; }
    const to = moved(assumed, monthOf(g["m"] ?? ""), Number(g["d"]));
    if (to === null) return null;
    const second = g["d2"] === undefined ? null : moved(assumed, monthOf(g["m"] ?? ""), Number(g["d2"]));
    const end = second === null ? "" : (g["g3"] ?? "") + (second[1] === to[1] ? "" : `${like(g["m"] ?? "", months[second[1] - 1] ?? "")} `) + String(second[2]) + (g["o2"] === "" ? "" : suffix(second[2]));
    return led(g, to) + like(g["m"] ?? "", months[to[1] - 1] ?? "") + (g["g1"] ?? "") + padLike(g["d"] ?? "", to[2]) + (g["o"] === "" ? "" : suffix(to[2])) + end;
  });
  each(`${lead}(?<![\\p{L}\\d/.-])(?<d>\\d{1,2})(?<o>${ordinal})(?<g1>\\s(?:day )?of\\s|[\\s-])(?<m>${monthWord})(?![\\p{L}\\d])`, (g) => {
    if (/^(?:may|mar)$/.test(g["m"] ?? "") && g["o"] === "") return null;
    const to = moved(assumed, monthOf(g["m"] ?? ""), Number(g["d"]));
    return to === null ? null : led(g, to) + padLike(g["d"] ?? "", to[2]) + (g["o"] === "" ? "" : suffix(to[2])) + (g["g1"] ?? "") + like(g["m"] ?? "", months[to[1] - 1] ?? "");
  });
  // March 2021, Mar '21, 03/2021, 2021-03.
  each(`(?<![\\p{L}])(?<m>${monthWord})(?<g>\\.?(?:\\s?,\\s?|\\s(?:of\\s)?|-|/))(?<y>${year})(?![\\p{L}\\d])`, (g) => {
    const to = moved(yearOf(g["y"] ?? ""), monthOf(g["m"] ?? ""), 15);
    return to === null ? null : like(g["m"] ?? "", months[to[1] - 1] ?? "") + (g["g"] ?? "") + yearLike(g["y"] ?? "", to[0]);
  });
  each(`${before}(?<m>0?[1-9]|1[0-2])(?<s>[/-])(?<y>(?:19|20)\\d\\d)(?![\\d/-])`, (g) => {
    const to = moved(Number(g["y"]), Number(g["m"]), 15);
    return to === null ? null : padLike(g["m"] ?? "", to[1]) + (g["s"] ?? "") + String(to[0]);
  });
  // 3/14, 03-14, with a time, a range or a word that says so.
  each(`${lead}${before}(?<m>0?[1-9]|1[0-2])(?<s>[/-])(?<d>0?[1-9]|[12]\\d|3[01])(?![\\d/]|\\.\\d|-?\\d|\\s?(?:%|mg|ml|cm|mm))`, (g, match) => {
    const [at, end] = [match.index, match.index + match[0].length];
    const [lineBefore, behind] = [text.slice(Math.max(0, at - 40), at), text.slice(end, end + 24)];
    const clock = /^(?:,|\s)?\s?(?:at\s)?(?:@\s?)?(?:[01]?\d|2[0-3]):?[0-5]\d\b/.test(behind);
    if (!clock && g["wd"] === undefined) {
      if (g["m"] === g["d"] && (/\b(?:b?cx|since|likely|was|is|pain|cultures?|bottles)\s*$/i.test(lineBefore) || /^\s+\p{L}/u.test(behind))) return null;
      if (noDate.test(lineBefore) || noDateAfter.test(behind)) return null;
      const padded = (g["m"] ?? "").startsWith("0") || (g["d"] ?? "").startsWith("0");
      const likely = (Number(g["d"]) > 12 || padded || /(?:^|\n)\s*(?:[-*•]\s*)?$/.test(lineBefore)) && g["s"] === "/";
      if (!likely && !(g["s"] === "/" && dateCue.test(lineBefore)) && !(g["s"] === "-" && padded && dateCue.test(lineBefore.replace(/[-–(,;:]\s*$/, "")))) return null;
    }
    const to = moved(assumed, Number(g["m"]), Number(g["d"]));
    return to === null ? null : led(g, to) + padLike(g["m"] ?? "", to[1]) + (g["s"] ?? "") + padLike(g["d"] ?? "", to[2]);
  });
  // "on the 14th", after an admission or in a range of days.
  each("(?<=\\b(?:on|until|till|by|since|from|to|through|of) the )(?<d>[1-9]|[12]\\d|3[01])(?<o>st|nd|rd|th)(?![\\p{L}]|\\s+(?:percentile|rib|ribs|grade|floor|cranial|nerve|digit|toe|finger|metatarsal|metacarpal|intercostal|of|day|week|month|hospital|postoperative|post-operative|postop|dose|cycle|time|ventricle|generation|degree|intercostal|lumbar|thoracic|cervical|ray|trimester|interspace))", (g) => {
    const to = moved(assumed, 6, Number(g["d"]));
    return to === null ? null : String(to[2]) + suffix(to[2]);
  });
  each(`(?<![\\p{L}])(?:${Object.keys(holidays).sort((a, b) => b.length - a.length).map((name) => name.replace(/[.]/g, "\\.").replaceAll("'", "['’]")).join("|")})(?![\\p{L}])`, (_, match) => {
    const [m, d] = holidays[match[0].toLowerCase().replaceAll("’", "'")] ?? [1, 1];
    const to = moved(assumed, m, d);
    return to === null ? null : like(match[0].charAt(0) + "ggggggg", months[to[1] - 1] ?? "") + ` ${to[2]}`;
  });
  // A year by itself, where words say that it is one.
  each("(?<=\\b(?:in|since|from|until|till|during|circa|around|about|approximately|early|late|mid|year|spring|summer|fall|autumn|winter|of|to|and|before|after|by|between|through|as of|back in|dx'?d?|diagnosed|s/p|born|ca|c\\.)[ -](?:of |the |~)?|[(~])(?<y>(?:19[2-9]|20[0-4])\\d)(?![\\p{L}\\d:]|\\.\\d|\\s?(?:mg|ml|cc|mcg|units?|kcal|cal|calories|iu|k/|ng|hours|hrs|h\\b|g\\b))", (g, match) => {
    const y = Number(g["y"]);
    const to = moved(y, 7, 1);
    return to === null ? null : String(birth(match.index, y, 7, 1) ?? to[0]);
  });
  return found;
}
