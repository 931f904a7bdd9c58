const dayMs = 86_400_000;

const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");

/** @returns days since 1970-01-01 of a civil date, or null if there is no such day. */
export function dayNumber(year: number, month: number, day: number): number | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1) return null;
  return Math.round(date.getTime() / dayMs);
}

/** @returns [year, month, day] of a day number. */
export function civil(day: number): [number, number, number] {
  const date = new Date(day * dayMs);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

/**
 * Moves a date by whole days and keeps its precision; time of day and zone stay as they are, so that intervals
 * between full dates are exact. A year or month alone moves from its middle.
 * @param separator - "-" for ISO dates, "" for those of HL7v2 and DICOM.
 * @returns null if the parts are no date.
 */
export function shiftParts(year: string, month: string | undefined, day: string | undefined, days: number, separator: "-" | ""): string | null {
  const number = dayNumber(Number(year), month === undefined ? 7 : Number(month), day === undefined ? (month === undefined ? 1 : 15) : Number(day));
  if (number === null || number + days < -719_162) return null;
  const [y, m, d] = civil(number + days);
  return [pad(y, 4), ...(month === undefined ? [] : [pad(m, 2)]), ...(day === undefined ? [] : [pad(d, 2)])].join(separator);
}

const iso = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** Moves a FHIR date, dateTime or instant. @returns null if it is none. */
export function shiftIso(text: string, days: number): string | null {
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
