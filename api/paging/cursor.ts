import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../../schema/errors.js";

/** What a cursor may hold: plain JSON. Big numbers go in as decimal strings. */
export type CursorValue = readonly (string | number | boolean | null)[];

/** Bytes of the tag: forging one takes 2^96 tries. */
const tagBytes = 12;

const tag = (key: Uint8Array, scope: string, body: string): Buffer => createHmac("sha256", key).update(scope).update("\0").update(body).digest().subarray(0, tagBytes);

/** @param scope - what list (and which order and filter) it belongs to: it is refused for any other. */
export function encodeCursor(key: Uint8Array, scope: string, value: CursorValue): string {
  const body = Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${body}.${tag(key, scope, body).toString("base64url")}`;
}

/** @throws AppError CURSOR_INVALID if it was not issued here, was changed, or belongs to another list. */
export function decodeCursor(key: Uint8Array, scope: string, cursor: string): CursorValue {
  const [body = "", given = "", ...rest] = cursor.split(".");
  const bytes = Buffer.from(given, "base64url");
  const isOurs = rest.length === 0 && cursor.length <= 4096 && bytes.length === tagBytes && timingSafeEqual(bytes, tag(key, scope, body)) && bytes.toString("base64url") === given;
  if (!isOurs) throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
  return JSON.parse(Buffer.from(body, "base64url").toString()) as CursorValue;
}
