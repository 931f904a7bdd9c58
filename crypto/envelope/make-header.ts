import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { decodeRecipient } from "../recipient.js";
import { defaultSuite } from "../suite-names.js";
import { encodeHeader } from "./encode-header.js";
import { wrapMlkem768X25519 } from "./stanza-mlkem768x25519.js";
import { wrapX25519 } from "./stanza-x25519.js";
import { fileKeyLength } from "./stanza.js";

/**
 * Wraps a file key for its readers: the same payload with this header before it is a whole age file.
 * @param recipients - one or more, all of one suite: a classic one beside a post-quantum one would undo the latter (SUITE_UNSUPPORTED).
 * @returns the header: 168 bytes for one X25519 recipient, 1,627 for a post-quantum one. Throws BAD_INPUT for an invalid recipient.
 */
export function makeHeader(backend: Backend, fileKey: Uint8Array, recipients: readonly string[]): Uint8Array {
  if (fileKey.length !== fileKeyLength) throw new RangeError(`a file key has ${fileKeyLength} bytes`);
  if (recipients.length === 0) throw new AppError("BAD_INPUT", "A header needs a recipient.");
  const parsed = recipients.map((text) => decodeRecipient(text));
  if (new Set(parsed.map(({ suite }) => suite)).size > 1) {
    throw new AppError("SUITE_UNSUPPORTED", "Post-quantum and classic recipients may not share a header.");
  }
  const stanzas = parsed.map(({ suite, publicKey }) =>
    suite === defaultSuite ? wrapMlkem768X25519(backend, publicKey, fileKey) : wrapX25519(backend, publicKey, fileKey));
  return encodeHeader(backend, stanzas, fileKey);
}
