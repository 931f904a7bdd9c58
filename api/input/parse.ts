import { AppError } from "../../schema/errors.js";

const wrong = (field: string, what: string): AppError => new AppError("BAD_INPUT", `${field}: ${what}`, { details: { field } });

/** @returns the address in lower case, as our tables have it. @throws AppError BAD_INPUT */
export function parseAddress(field: string, value: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(value)) throw wrong(field, "an address is 0x and 40 hexadecimal digits");
  return value.toLowerCase();
}

/** @returns 32 bytes in lower-case hexadecimal. @throws AppError BAD_INPUT */
export function parseHash(field: string, value: string): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(value)) throw wrong(field, "expected 0x and 64 hexadecimal digits");
  return value.toLowerCase();
}

/** @throws AppError BAD_INPUT */
export function parseUuid(field: string, value: string): string {
  if (!/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(value)) throw wrong(field, "expected a UUID");
  return value.toLowerCase();
}

/** @returns the text without surrounding white space. @throws AppError BAD_INPUT if it is empty, too long or has control characters. */
export function parseText(field: string, value: string, maxLength: number): string {
  const text = value.normalize("NFC").trim();
  if (text.length === 0 || text.length > maxLength) throw wrong(field, `1 to ${maxLength} characters`);
  // Postgres takes no NUL, and a log no line feeds of others.
  if (/\p{Cc}/u.test(text)) throw wrong(field, "control characters are not allowed");
  return text;
}

/** @throws AppError BAD_INPUT outside min…max, both inclusive. */
export function parseRange<Value extends number | bigint>(field: string, value: Value, min: Value, max: Value): Value {
  if (value < min || value > max) throw wrong(field, `${min} to ${max}`);
  return value;
}

/** @returns the bits of all members together. @throws AppError BAD_INPUT for an empty list. */
export function parseMask(field: string, members: readonly number[]): number {
  if (members.length === 0) throw wrong(field, "at least one");
  return members.reduce((mask, bit) => mask | bit, 0);
}
