import { dayNumber, shiftIso, shiftParts, civil } from "../../dates.js";

/** How a column writes its dates. `dmy` and `mdy` carry their separator. */
export type DateForm = "iso" | "ymd" | "compact" | "dmy" | "mdy";

const spaced = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)$/;
const slashed = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})((?: \d{1,2}:\d{2}(?::\d{2})?)?)$/;
const ymd = /^(\d{4})\/(\d{1,2})\/(\d{1,2})((?: \d{1,2}:\d{2}(?::\d{2})?)?)$/;
const compact = /^(?:19|20)\d{6}$/;

/** @returns whether a text is a date of some form; `undecided` for those that could be read both ways. */
export function dateForm(text: string): DateForm | "undecided" | null {
  if (/^\d{4}-\d{2}(?:-\d{2}(?:T[\d:.]{5,18}(?:Z|[+-]\d{2}:\d{2})?)?)?$/.test(text) || spaced.test(text)) return shiftDate(text, "iso", 0) === null ? null : "iso";
  if (ymd.test(text)) return "ymd";
  if (compact.test(text)) return shiftDate(text, "compact", 0) === null ? null : "compact";
  const found = slashed.exec(text);
  if (found === null) return null;
  const [first, second] = [Number(found[1]), Number(found[3])];
  if (found[2] === "." || first > 12) return second <= 12 ? "dmy" : null;
  return second > 12 ? "mdy" : "undecided";
}

/** Moves a date and keeps its form. @returns null if it is none of that form. */
export function shiftDate(text: string, form: DateForm, days: number): string | null {
  if (form === "iso") {
    if (text.length === 10) return shiftIso(text, days);
    const found = spaced.exec(text);
    if (found?.[1] === undefined) return shiftIso(text, days);
    const moved = shiftIso(found[1], days);
    return moved === null ? null : `${moved} ${found[2] ?? ""}`;
  }
  if (form === "compact") return compact.test(text) ? shiftParts(text.slice(0, 4), text.slice(4, 6), text.slice(6), days, "") : null;
  if (form === "ymd") {
    const found = ymd.exec(text);
    const moved = found === null ? null : shiftParts(found[1] ?? "", found[2], found[3], days, "-");
    return moved === null ? null : moved.replaceAll("-", "/") + (found?.[4] ?? "");
  }
  const found = slashed.exec(text);
  if (found === null) return null;
  const [day, month] = form === "dmy" ? [found[1], found[3]] : [found[3], found[1]];
  const number = dayNumber(Number(found[4]), Number(month), Number(day));
  if (number === null) return null;
  const [y, m, d] = civil(number + days);
  const pair = form === "dmy" ? [d, m] : [m, d];
  return `${pair.map((part) => String(part).padStart(2, "0")).join(found[2] ?? "/")}${found[2] ?? "/"}${String(y).padStart(4, "0")}${found[5] ?? ""}`;
}

/** @returns the year of a date of that form, or null. */
export function yearOf(text: string, form: DateForm): number | null {
  const found = form === "dmy" || form === "mdy" ? slashed.exec(text)?.[4] : /^\d{4}/.exec(text)?.[0];
  return found === undefined ? null : Number(found);
}
