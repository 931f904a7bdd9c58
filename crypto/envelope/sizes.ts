import { chunkLength, payloadNonceLength, sealedChunkLength } from "./chunk.js";
import { malformed } from "./malformed.js";

/** @returns chunks that a plain text of that many bytes takes: one even for none. */
export const chunkCount = (plainSize: number): number => Math.max(1, Math.ceil(plainSize / chunkLength));

/** @returns bytes of the stored object (nonce and payload, without a header). */
export const storedSizeOf = (plainSize: number): number => payloadNonceLength + plainSize + 16 * chunkCount(plainSize);

/** @returns bytes of plain text in a stored object of that size. Throws ENVELOPE_MALFORMED for a size that no object has. */
export function plainSizeOf(storedSize: number): number {
  const payload = storedSize - payloadNonceLength;
  const chunks = Math.ceil(payload / sealedChunkLength);
  const plain = payload - 16 * chunks;
  if (payload < 16 || plain < 0 || storedSizeOf(plain) !== storedSize) throw malformed("no payload has this size");
  return plain;
}
