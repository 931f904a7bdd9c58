import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { concat } from "../bytes.js";
import { chunkLength, openChunk, payloadKey, payloadNonceLength, sealChunk } from "./chunk.js";
import { newFileKey } from "./encrypt-stream.js";
import { makeHeader } from "./make-header.js";
import { malformed } from "./malformed.js";
import { openParsedHeader } from "./open-header.js";
import { parseHeader } from "./parse-header.js";
import type { Opener } from "./stanza.js";

/** A whole age file in one step, for secrets of up to 64 KiB. Throws RangeError for more. */
export function sealSmall(backend: Backend, plain: Uint8Array, recipients: readonly string[]): Uint8Array {
  if (plain.length > chunkLength) throw new RangeError(`a small file has ${chunkLength} bytes at most`);
  const fileKey = newFileKey(backend);
  const nonce = backend.randomBytes(payloadNonceLength);
  return concat(makeHeader(backend, fileKey, recipients), nonce, sealChunk(backend, payloadKey(backend, fileKey, nonce), 0, true, plain));
}

/** Opens an age file of one chunk. Throws ENVELOPE_MALFORMED, DECRYPTION_FAILED. */
export function openSmall(backend: Backend, file: Uint8Array, identities: readonly (string | Opener)[]): Uint8Array {
  const header = parseHeader(file);
  if (header === null) throw malformed("the file ends within its header");
  const fileKey = openParsedHeader(backend, header, identities);
  const start = header.length + payloadNonceLength;
  if (file.length < start + 16) throw malformed("the payload is cut");
  const plain = openChunk(backend, payloadKey(backend, fileKey, file.subarray(header.length, start)), 0, true, file.subarray(start));
  if (plain === null) throw new AppError("DECRYPTION_FAILED", "The file was changed, or has more than one chunk.");
  return plain;
}
