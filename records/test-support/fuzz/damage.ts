import { concat } from "../../bytes.js";

/** One step of spoiling a sample. What `kind` means is the format's; `place` (0 to 1) says where, `value` with what. */
export interface Damage { readonly kind: number; readonly place: number; readonly value: number }

/** Spoils a sample, the same way for the same damages. */
export type Mutate = (damages: readonly Damage[]) => Uint8Array;

/** @returns the item at the damage's place. The list must not be empty. */
export const pick = <T>(list: readonly T[], place: number): T => list[Math.min(list.length - 1, Math.floor(place * list.length))] as T;

/** Texts that parsers trip over: delimiters of all formats, control characters, wide and broken characters, names of prototypes, numbers at their limits. */
export const oddTexts = [
  "", " ", "\0", "\u0001", "\ufeff", "\u2028", "\ud800", "𝒳", "é", '"', "'", "\\", "|", "^", "~", "&", ",", ";", "\t", "\n", "\r", "\r\n", "<", "{", "[", "]", "}", "__proto__", "constructor", "toString", "null", "NaN", "-0", "1e999",
  "99999999999999999999", "0000-00-00", "2020-13-45", "20201345", "9999-12-31", "0001-01-01", "MSH|^~\\&", "\u000b", "\u001c\r", "x".repeat(70_000), "=1+1", "../..", "#", "urn:uuid:", "urn:oid:", "Patient/", "http://", "%", "\\E\\", "☠".repeat(300),
] as const;

/** Damage that knows nothing of the format: the file is cut, a byte flipped, bytes put in, a stretch repeated or taken out, or all of it written in UTF-16. */
export function damageBytes(bytes: Uint8Array, { kind, place, value }: Damage): Uint8Array {
  const at = Math.floor(place * bytes.length);
  switch (kind % 6) {
    case 0: return bytes.slice(0, at);
    case 1: { const out = bytes.slice(); if (at < out.length) out[at] = value & 255; return out; }
    case 2: return concat([bytes.subarray(0, at), new Uint8Array([value & 255, (value ^ 34) & 255]), bytes.subarray(at)]);
    case 3: return concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - (value % 300)))]);
    case 4: return concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + (value % 50)))]);
    default: return new Uint8Array(Uint16Array.from(new TextDecoder().decode(bytes), (c) => c.charCodeAt(0)).buffer);
  }
}
