import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { equalBytes } from "../bytes.js";
import { headerMac } from "./encode-header.js";
import { identityOpener } from "./identity-opener.js";
import { malformed } from "./malformed.js";
import { type ParsedHeader, parseHeader } from "./parse-header.js";
import { fileKeyLength, type Opener } from "./stanza.js";

/**
 * Opens a header with the first identity that fits, and checks its MAC.
 * @param header - the whole header; bytes after it are refused.
 * @param identities - age identities as text, or openers of another kind.
 * @returns the 16-byte file key.
 * Throws ENVELOPE_MALFORMED, or DECRYPTION_FAILED where no identity fits or the header was changed.
 */
export function openHeader(backend: Backend, header: Uint8Array, identities: readonly (string | Opener)[]): Uint8Array {
  const parsed = parseHeader(header);
  if (parsed === null) throw malformed("the header ends too early");
  if (parsed.length !== header.length) throw malformed("bytes follow the header");
  return openParsedHeader(backend, parsed, identities);
}

/** {@link openHeader} for a header that was already read off a stream. */
export function openParsedHeader(backend: Backend, parsed: ParsedHeader, identities: readonly (string | Opener)[]): Uint8Array {
  for (const identity of identities) {
    const opener = typeof identity === "string" ? identityOpener(backend, identity) : identity;
    const fileKey = opener.unwrap(parsed.stanzas);
    if (fileKey === null) continue;
    if (fileKey.length !== fileKeyLength) throw malformed("the file key has a wrong length");
    if (!equalBytes(headerMac(backend, fileKey, parsed.covered), parsed.mac)) {
      throw new AppError("DECRYPTION_FAILED", "The header was changed: its MAC does not match.");
    }
    return fileKey;
  }
  throw new AppError("DECRYPTION_FAILED", "None of the identities opens this file.");
}
