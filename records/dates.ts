/** 0001-01-01. */
const firstDay = -719_162;

const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/**
 * Counts in integers, for a table of a million records has millions of dates.
 * Source: Hinnant, chrono-compatible low-level date algorithms (days_from_civil).
 * @returns days since 1970-01-01 of a civil date, or null if there is no such day.
 */
export function dayNumber(year: number, month: number, day: number): number | null {
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1)) return null;
  if (day > (month === 2 && isLeap(year) ? 29 : (monthDays[month - 1] ?? 0))) return null;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** @returns [year, month, day] of a day number. Source: Hinnant, as above (civil_from_days). */
export function civil(number: number): [number, number, number] {
  const z = number + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1];
}

/** To 100, for a year past 9999 is told in full. */
const twoDigits = Array.from({ length: 101 }, (_, value) => pad(value, 2));
const isoMonths = Array.from({ length: 13 }, (_, month) => Array.from({ length: 32 }, (_, day) => `-${pad(month, 2)}-${pad(day, 2)}`));

/** @returns YYYY-MM-DD. */
function isoDay(number: number): string {
  const [year, month, day] = civil(number);
  return (twoDigits[Math.floor(year / 100)] ?? "") + (twoDigits[year % 100] ?? "") + (isoMonths[month]?.[day] ?? "");
}

/**
 * Moves a date by whole days and keeps its precision; time of day and zone stay as they are, so that intervals
 * between full dates are exact. A year or month alone moves from its middle.
 * @param separator - "-" for ISO dates, "" for those of HL7v2 and DICOM.
 * @returns null if the parts are no date.
 */
export function shiftParts(year: string, month: string | undefined, day: string | undefined, days: number, separator: "-" | ""): string | null {
  const number = dayNumber(Number(year), month === undefined ? 7 : Number(month), day === undefined ? (month === undefined ? 1 : 15) : Number(day));
  if (number === null || number + days < firstDay) return null;
  const text = isoDay(number + days);
  if (month === undefined) return text.slice(0, 4);
  if (day === undefined) return text.slice(0, 4) + separator + text.slice(5, 7);
  return separator === "-" ? text : text.slice(0, 4) + text.slice(5, 7) + text.slice(8);
}

/** @returns the number that `length` digits of a text make, or NaN. */
function digits(text: string, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** What may follow an ISO day. */
const isoTime = /^T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?$/;
const iso = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** Moves a FHIR date, dateTime or instant. @returns null if it is none. */
export function shiftIso(text: string, days: number): string | null {
  if (text.length >= 10) {
    // A whole day, as nearly all dates are: read without a pattern, for it is half of a table's work.
    const number = text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45 ? dayNumber(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)) : null;
    if (number === null || number + days < firstDay) return null;
    if (text.length === 10) return isoDay(number + days);
    const time = text.slice(10);
    return isoTime.test(time) ? isoDay(number + days) + time : null;
  }
  const found = iso.exec(text);
  if (found?.[1] === undefined) return null;
  const moved = shiftParts(found[1], found[2], found[3], days, "-");
  return moved === null ? null : moved + (found[4] ?? "");
}

const compact = /^(\d{4})(?:(\d{2})(?:(\d{2})((?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?)?)?)?)?([+-](?:0\d|1[0-4])[0-5]\d)?$/;

/** Moves a time stamp of HL7v2 (TS, DTM) or DICOM (DA, DT): YYYY[MM[DD[HH[MM[SS[.S]]]]]][+ZZZZ]. @returns null if it is none. */
export function shiftCompact(text: string, days: number): string | null {
  const found = compact.exec(text);
  if (found?.[1] === undefined) return null;
  const moved = shiftParts(found[1], found[2], found[3], days, "");
  return moved === null ? null : moved + (found[4] ?? "") + (found[5] ?? "");
}

/** @returns days since 1970-01-01 of an ISO or compact date (a year or month from its middle), or null. */
export function dayOf(text: string): number | null {
  const found = iso.exec(text) ?? compact.exec(text);
  if (found?.[1] === undefined) return null;
  return dayNumber(Number(found[1]), found[2] === undefined ? 7 : Number(found[2]), found[3] === undefined ? (found[2] === undefined ? 1 : 15) : Number(found[3]));
}

/** Highest age (years) that is told apart. Source: 45 CFR 164.514(b)(2)(i)(C). */
export const oldestAge = 89;

/**
 * Groups the birth years of everybody over 89 on the reference date.
 * @param birth - the birth date as written.
 * @returns the latest birth year of that group if this person belongs to it, else null.
 */
export function groupedBirthYear(birth: string, reference: Date): number | null {
  const born = dayOf(birth);
  if (born === null) return null;
  const [year, month, day] = civil(born);
  const years = reference.getUTCFullYear() - year - (reference.getUTCMonth() + 1 < month || (reference.getUTCMonth() + 1 === month && reference.getUTCDate() < day) ? 1 : 0);
  return years > oldestAge ? reference.getUTCFullYear() - oldestAge - 1 : null;
}
