import { oldestAge } from "../../dates.js";
import { idLabel } from "./rules.js";
import type { Kind, Span } from "./span.js";

const all = (text: string, pattern: RegExp, kind: Kind): Span[] => [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length, kind }));

const email = /(?<![\p{L}\d])[\p{L}\d][\p{L}\d._%+-]{0,63}\s?(?:@|\[at\]|\(at\))\s?[\p{L}\d-]{1,63}(?:(?:\.|\s?\[dot\]\s?)[\p{L}\d-]{1,63}){0,5}(?:\.|\s?\[dot\]\s?)\p{L}{2,}/giu;
const url = /(?<![\p{L}\d@])(?:(?:https?|ftp):\/\/[^\s<>"')\]]+|www\.[^\s<>"')\],]+|[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,5}\.(?:com|org|net|edu|gov|io|health|info|us|uk|co\.uk|de)(?:\/[^\s<>"')\],]*)?)(?<![.,;:])/giu;
const ip = /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\d|\.\d)|(?<![\w:])(?:[\da-f]{1,4}:){4,7}[\da-f]{1,4}(?![\w:])|(?<![\w:])(?:[\da-f]{2}[:-]){5}[\da-f]{2}(?![\w:])/gi;
const handle = /(?<![\p{L}\d@.])@[a-z][\w.]{2,30}/giu;

const ssn = /(?<![\d-])(?!000)\d{3}([- ])\d{2}\1\d{4}(?![\d-])|(?<=\b(?:ssn|social security(?: (?:number|no\.?|#))?|soc\.? sec\.?(?: no\.?)?)(?:\s?(?:is|was|#|:|ending in|last (?:four|4))){0,3}\s{0,3})(?:[x*]{3}-?[x*]{2}-?)?(?:\d{9}|\d{4})(?!\d)|(?<![\w*-])[x*]{3}-[x*]{2}-\d{4}(?!\d)|(?<=\b(?:ssn|social|social security)\b[^.\n]{0,24}\b(?:ending|ends|last (?:four|4)(?: digits)?)(?: in| are| is| of| with|:)?[ ])\d{4}(?!\d)/gi;

const phone = new RegExp([
  // US, with separators, with a country code before and an extension behind.
  "(?<![\\d.-])(?:\\+?1[-. ]{1,2})?(?:\\(\\d{3}\\)[-. ]{0,2}|\\d{3}[-./ –])\\d{3}[-. –]\\d{4}(?:(?:,|;)?\\s{0,2}(?:x|ext\\.?|extension)\\s?#?\\d{1,6})?(?![\\d-])",
  // International.
  "(?<![\\d])\\+\\d{1,3}[-. (]{0,2}\\d{1,4}[-. )]{0,2}(?:\\d{2,4}[-. ]?){2,4}\\d{0,2}(?<=\\d)(?!\\d)",
  // Seven digits, extensions, pagers, and bare ones, where a word says what they are.
  "(?<=\\b(?:phone|telephone|tel|ph|cell|mobile|home|work|call|called|contact|fax|facsimile|pager|pgr|page|paged|beeper|beep|voicemail|vm|text|reached|reach|number|office|direct|line|hotline|at|ext|extension|p|c|h|w|f|o)\\b[\\s.:#)]{0,3}(?:(?:is|at|me|number|no\\.?|to|on|#)[\\s.:#]{0,2}){0,2})(?:\\d{3}[-. ]\\d{4}|\\d{10}|\\d{7})(?:\\s?(?:x|ext\\.?)\\s?\\d{1,6})?(?![\\d-]|\\.\\d)",
  "(?<=\\b(?:ext|extension|pager|pgr|beeper|beep|bp ?#|page|paged|fax|voicemail|vm|vocera|spectralink|ascom)\\b[\\s.:#)]{0,3}(?:(?:is|at|me|id|number|no\\.?|#)[\\s.:#]{0,2}){0,2})\\d{3,7}(?:-\\d{3,5})?(?![\\d]|\\.\\d)",
  "(?<=\\b)x\\s?\\d-?\\d{3,4}(?!\\d)",
  "(?<![\\d.,/-])(?<!\\$)\\d{3}-\\d{4}(?![\\d-])",
].join("|"), "giu");

const ageWords = "(?:y(?:ear|r)?s?\\.?[- ]?(?:old|o\\b)|y\\.?/?o\\.?(?![a-z])|years? of age|yr\\b|yrs\\b)";
const tens = "(?:ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one )?hundred(?: (?:and )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))?)";
const age = new RegExp(`(?<![\\d.])(?<n>9\\d|1[0-2]\\d)(?=[-\\s]{0,2}${ageWords}|\\s?(?:[MF]|male|female|man|woman)\\b)|(?<=\\b(?:aged?|age of|age is|turn(?:ed|s|ing)|birthday|years?)\\s{0,2}[:=]?\\s{0,3}(?:of |is )?)(?<n2>9\\d|1[0-2]\\d)(?![\\d.%/])|${tens}(?=[- ]year|\\s?years? (?:old|of age))`, "giu");

/** Letters before `#`, `:` and digits in the value of a labelled number. The word behind a blank is the next one's. */
const value = "(?<v>[A-Z]{0,5}[-/ ]?(?:\\d[-/. ]?|[A-Z](?=[A-Z-]{0,3}\\d)-?){2,24}\\d?(?:(?<! )[A-Z]{1,3})?\\d*|[A-Z\\d]*\\d[A-Z\\d]*(?:-[A-Z\\d]+)*)";
const labelled = new RegExp(`(?<![\\p{L}\\d])${idLabel}\\.?'?s?[ \\t]{0,2}(?:\\((?:mrn|ssn|id)\\)[ \\t]?)?(?:(?:number|num|nbr|no\\.?|nr\\.?|#|id|identifier|code)[ \\t]{0,2}){0,2}(?:[:#=][ \\t]{0,12}#?|(?:is|was|of|ending in)[ \\t]|(?<=(?:#|no\\.?|number|id|mrn)[ \\t]{0,2}))[ \\t]{0,4}#?${value}(?![\\p{L}\\d])`, "giu");
/** Labels that take digits without any sign between. */
const bare = /(?<![\p{L}\d])(?:mrn|mr#|med rec(?:ord)?|acct|account|ssn|npi|dea|csn|fin|accession|medicaid|medicare|license|licence|lic|policy|passport|dl|lot|serial|s\/n|sn|member|group|claim)[ \t]{1,3}(?:no\.?[ \t]|number[ \t]|#[ \t]?)?(?<v>[A-Z]{0,4}-?\d[\dA-Z-]{3,20})(?![\p{L}\d])/giu;
const noNumber = /\b(?:plt|platelets?|wbc|count|cfu|copies|units?|dose|iu|ml|mg|mcg|cells|viral load|bnp|ferritin|probnp|ck|cpk|d-dimer|steps|nct|doi|pmid|icd|loinc|snomed|cpt|ndc|rxnorm|protocol)\D{0,16}$/i;

/** Labels whose value of few digits counts a thing or a stage, so that four digits are asked for. */
const shortValue = /^(?:lot|model|control|ref|reference|order|exam|study|case|plan|group|unit|chart|hospital|patient|pt|device|vehicle|encounter|visit|admission|episode|access|job|document|doc|prescription|rx|tracking|registration|provider|subject|trial|card|bank|donor|tag|bib|employee|student|military|path|path|specimen|insurance|ins|certificate|isolate|implant|line|enrollment|claim|req|tax)/i;

/** Finds what digits and signs tell: addresses of the net, phones, ages, numbers of people and documents. */
export function findNumbers(text: string): Span[] {
  const found: Span[] = [...all(text, email, "email"), ...all(text, url, "url"), ...all(text, ip, "ip"), ...all(text, ssn, "ssn")];
  const numbers: Span[] = [];
  for (const pattern of [labelled, bare]) for (const match of text.matchAll(pattern)) {
    const whole = (match.groups?.["v"] ?? "").replace(/[-/. ]+$/, "");
    const digits = whole.replace(/\D/g, "");
    if (digits.length < (shortValue.test(match[0]) ? 4 : 3)) continue;
    if (/^(?:19|20)\d\d$/.test(whole) || /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}/.test(whole)) continue;
    const from = match.index + match[0].length - (match.groups?.["v"] ?? "").length;
    const start = from + (whole.length - whole.trimStart().length);
    numbers.push({ start, end: from + whole.length, kind: /^(?:ssn|social|soc)/i.test(match[0]) ? "ssn" : "id" });
  }
  found.push(...numbers, ...all(text, phone, "phone").filter(({ start, end }) => !(/^(?:[01]\d|2[0-3])[0-5]\d$/.test(text.slice(start, end)) && /\b(?:at|@)\s*$/i.test(text.slice(Math.max(0, start - 5), start)))), ...all(text, handle, "url"));
  // What nothing names: six digits and more, or letters and four digits and more mixed.
  for (const match of text.matchAll(/(?<![\p{L}\d.,$/-])#?(?:[A-Z]{1,4}-?\d{1,4}-\d{3,}|[A-Z]{1,5}-?\d{5,}[A-Z]?|\d{1,4}[A-Z]{1,3}\d{3,}|\d{2,}(?:-\d{2,}){2,}|\d{4,}-\d{3,}|\d{2}-\d{5,}|\d{6,})(?![\p{L}\d%]|\.\d|,\d|\s?(?:mg|ml|iu|units?|copies|cells|k\/|cfu|\/ul|\/mm|steps|u\b|ng|pg|meq))/gu)) {
    if (/^(?:[01]\d|2[0-4])[0-5]\d-(?:[01]\d|2[0-4])[0-5]\d$/.test(match[0])) continue;
    if (noNumber.test(text.slice(Math.max(0, match.index - 30), match.index))) continue;
    found.push({ start: match.index, end: match.index + match[0].length, kind: "id" });
  }
  for (const match of text.matchAll(/#\s?\d{4,}[A-Z]?(?![\d.])/g)) found.push({ start: match.index + 1, end: match.index + match[0].length, kind: "id" });
  for (const match of text.matchAll(age)) {
    const n = match.groups?.["n"] ?? match.groups?.["n2"];
    if (n !== undefined && Number(n) <= oldestAge + 1) continue;
    if (/^ninety$/i.test(match[0])) continue;
    found.push({ start: match.index, end: match.index + match[0].length, kind: "age", put: n === undefined ? (match[0] === match[0].toUpperCase() ? "NINETY" : /^\p{Lu}/u.test(match[0]) ? "Ninety" : "ninety") : String(oldestAge + 1) });
  }
  return found;
}

/** @returns what is labelled as the number of the patient's record, as written, or null. */
export function recordNumber(text: string): string | null {
  return /(?<![\p{L}\d])(?:mrn|m\.r\.n\.|med(?:ical)? rec(?:ord)?(?: (?:number|no\.?|#))?|unit (?:no\.?|number)|patient (?:id|no\.?|number)|pt id|hospital (?:no\.?|number))[ \t]{0,3}[:#=]{0,2}[ \t]{0,12}#?(?<v>[A-Z]{0,4}-?\d[\dA-Z-]{2,19})/iu.exec(text)?.groups?.["v"] ?? null;
}
