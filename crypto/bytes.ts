import { AppError } from "../schema/errors.js";

const encoder = new TextEncoder();

/** @returns the UTF-8 bytes of `text`. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** @returns all parts in one new array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** @returns `0x` and lower-case hexadecimal digits, as the chain and the API write bytes. */
export function toHex(bytes: Uint8Array): string {
  let out = "0x";
  for (const byte of bytes) out += (byte < 16 ? "0" : "") + byte.toString(16);
  return out;
}

/**
 * Reads `0x…` of an exact length.
 * @param length - bytes expected.
 * Throws BAD_INPUT for another length, an upper-case digit or anything that is not hexadecimal.
 */
export function fromHex(hex: string, length: number): Uint8Array {
  if (hex.length !== 2 + 2 * length || !/^0x[0-9a-f]*$/.test(hex)) {
    throw new AppError("BAD_INPUT", `Expected 0x and ${2 * length} lower-case hexadecimal digits.`);
  }
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = Number.parseInt(hex.slice(2 + 2 * i, 4 + 2 * i), 16);
  return out;
}

/** Compares without leaking by its time where the difference is; lengths are no secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** @returns `value` as 8 bytes, most significant first. Throws RangeError below 0 or above 2^53 − 1. */
export function u64(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("u64 takes a safe integer from 0");
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

/** @returns each part with its length (8 bytes) before it, so that no two lists of parts give the same bytes. */
export const lengthPrefixed = (...parts: readonly Uint8Array[]): Uint8Array =>
  concat(...parts.flatMap((part) => [u64(part.length), part]));
