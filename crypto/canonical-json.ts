import canonicalizeModule from "canonicalize";
import { AppError } from "../schema/errors.js";
import { utf8 } from "./bytes.js";

// The package is CommonJS with a default export that its types put one level off.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** @returns the RFC 8785 bytes of a plain value. Throws BAD_INPUT for what JSON cannot say. */
export function canonicalJson(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new AppError("BAD_INPUT", "This value has no JSON form.");
  return utf8(text);
}
