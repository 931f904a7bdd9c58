import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** Days that a patient's dates move back: 30 to 394, so that no date stays, and none lies in the future. */
const shiftFloor = 30;
const shiftRange = 365;
/** Cached pseudonyms; the cache is dropped when full, so memory is bounded. */
const cacheSize = 100_000;

const short = new Uint8Array(256);

/** UTF-8, without the platform's encoder for the usual short ASCII. The result is read at once, and overwritten by the next. */
function bytesOf(text: string): Uint8Array {
  if (text.length > short.length) return utf8ToBytes(text);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) return utf8ToBytes(text);
    short[at] = code;
  }
  return short.subarray(0, text.length);
}

/** Of a digest: the first 16 bytes, and the number that the last four make. */
interface Told { readonly hex: string; readonly tail: number }

const hexDigit = "0123456789abcdef";
const hexDigits = new Array<number>(32).fill(0);

/** @returns the first 16 bytes in lower-case hex: one flat text, for it is the key of tables and written many times. */
function hexOf(bytes: Uint8Array): string {
  for (let at = 0; at < 16; at += 1) {
    const byte = bytes[at] ?? 0;
    hexDigits[at * 2] = hexDigit.charCodeAt(byte >> 4);
    hexDigits[at * 2 + 1] = hexDigit.charCodeAt(byte & 15);
  }
  return String.fromCharCode.apply(null, hexDigits);
}

/** What replaces ids, and moves dates. */
export type Pseudonyms = Pick<Pseudonymizer, "hex" | "uuid" | "uid" | "dayShift">;

/** Replaces everything alike, for what is read and not written. */
export const blankPseudonyms: Pseudonyms = { hex: (_domain, _value, length = 32) => "0".repeat(length), uuid: () => "00000000-0000-8000-8000-000000000000", uid: () => "2.25.0", dayShift: () => 0 };

/**
 * Consistent replacements, told by a key that is thrown away after the job: the same input gives the same
 * pseudonym in every file of the job, and without the key nothing leads back.
 */
export class Pseudonymizer {
  readonly #mac: ReturnType<typeof hmac.create>;
  #cache = new Map<string, Map<string, Told>>();
  #cached = 0;
  #scratch: ReturnType<typeof hmac.create>;

  /** @param key - at least 16 random bytes. Throws RangeError otherwise. */
  constructor(key: Uint8Array) {
    if (key.length < 16) throw new RangeError("The de-identification key needs at least 16 bytes.");
    this.#mac = hmac.create(sha256, key);
    this.#scratch = this.#mac.clone();
  }

  #told(domain: string, value: string): Told {
    let values = this.#cache.get(domain);
    if (values === undefined) this.#cache.set(domain, (values = new Map<string, Told>()));
    const known = values.get(value);
    if (known !== undefined) return known;
    // Cloned into the same state each time: to make a new one costs as much as the hashing.
    this.#scratch = this.#mac._cloneInto(this.#scratch);
    const d = this.#scratch.update(bytesOf(`${domain}\0${value}`)).digest();
    const told = { hex: hexOf(d), tail: ((d[28] ?? 0) * 0x1000000) + ((d[29] ?? 0) << 16 | (d[30] ?? 0) << 8 | (d[31] ?? 0)) };
    if (this.#cached >= cacheSize) { this.#cache.clear(); this.#cached = 0; }
    else { values.set(value, told); this.#cached += 1; }
    return told;
  }

  /** @returns `length` lower-case hex digits: at most 32, for the rest of the digest is `dayShift`'s. */
  hex(domain: string, value: string, length = 32): string {
    const { hex } = this.#told(domain, value);
    return length === 32 ? hex : hex.slice(0, length);
  }

  /** @returns a version 8 UUID (RFC 9562: vendor-specific, here an HMAC). */
  uuid(domain: string, value: string): string {
    const h = this.hex(domain, value);
    const variant = ((Number.parseInt(h.charAt(16), 16) & 3) | 8).toString(16);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`;
  }

  /** @returns a DICOM UID under 2.25 (PS3.5 annex B.2): at most 44 characters. */
  uid(value: string): string {
    return `2.25.${BigInt(`0x${this.uuid("dicom.uid", value).replaceAll("-", "")}`)}`;
  }

  /**
   * Taken from the end of the digest whose first half is the patient's pseudonym: one HMAC a patient, and neither tells of the other.
   * @returns days to add to each of this patient's dates: -394 to -30.
   */
  dayShift(patient: string): number {
    return -(shiftFloor + (this.#told("id", patient).tail % shiftRange));
  }
}
