import type { Backend } from "../backend/backend.js";
import { utf8 } from "../bytes.js";

/** Bytes of plain text a chunk carries; the last one may carry fewer. */
export const chunkLength = 65536;
/** Bytes of a full chunk, sealed: with its tag. */
export const sealedChunkLength = chunkLength + 16;
/** Bytes of the nonce before the payload. */
export const payloadNonceLength = 16;

/** @returns the 32-byte key of a payload. */
export const payloadKey = (backend: Backend, fileKey: Uint8Array, nonce: Uint8Array): Uint8Array =>
  backend.hkdfSha256(fileKey, nonce, utf8("payload"), 32);

/** STREAM's nonce: 11 bytes of the chunk's number, most significant first, then 1 for the last chunk and 0 for all others. */
export function chunkNonce(index: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setUint32(3, Math.floor(index / 2 ** 32));
  view.setUint32(7, index % 2 ** 32);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/**
 * Encrypts one chunk of the payload.
 * @param key - 32-byte payload key.
 * @param index - chunk number from 0; it sets the nonce, so never reuse (key, index).
 * @returns ciphertext ‖ 16-byte tag: `plain.length + 16` bytes.
 * @see https://age-encryption.org/v1 §payload; docs/envelope.md
 */
export const sealChunk = (backend: Backend, key: Uint8Array, index: number, last: boolean, plain: Uint8Array): Uint8Array =>
  backend.sealChaCha(key, chunkNonce(index, last), plain);

/** @returns the plain text, or null where the tag does not match: another key, place or content. */
export const openChunk = (backend: Backend, key: Uint8Array, index: number, last: boolean, sealed: Uint8Array): Uint8Array | null =>
  backend.openChaCha(key, chunkNonce(index, last), sealed);
