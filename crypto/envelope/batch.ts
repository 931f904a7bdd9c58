import type { Backend } from "../backend/backend.js";
import { chunkLength, chunkNonce, openChunk, sealedChunkLength } from "./chunk.js";
import { ciphertextLeaf, leafSalt, plaintextLeaf } from "./commitments.js";

/** Chunks a batch has: 1 MiB of plain text, so that handing it to a thread costs little beside the work. */
export const batchChunks = 16;

/** A run of chunks to seal or open, and what is needed for it: plain data, so that a thread can take it. */
export interface Batch {
  readonly key: Uint8Array;
  /** Salt of the plain text's leaves; null where nobody wants commitments. */
  readonly salt: Uint8Array | null;
  /** The payload's nonce, for leaf 0. */
  readonly nonce: Uint8Array;
  /** Number of the first chunk. */
  readonly first: number;
  /** Whether the batch ends the payload. */
  readonly last: boolean;
  /** Bytes of plain (to seal) or sealed (to open) text at the start of `buffer`. */
  readonly length: number;
  /** Room for the sealed text; the result replaces the input. */
  readonly buffer: Uint8Array;
}

export interface BatchResult {
  /** Bytes of the result at the start of `buffer`; −1 where a chunk does not open. */
  readonly length: number;
  readonly buffer: Uint8Array;
  /** For each chunk the ciphertext leaf's hash, then the plain text's (64 bytes); null without a salt. */
  readonly leaves: Uint8Array | null;
}

const none = new Uint8Array(0);

/** Seals in place, the last chunk first, for each grows into the room of the one after it. */
export function sealBatch(backend: Backend, batch: Batch): BatchResult {
  const { key, buffer, length, first, last } = batch;
  const count = Math.max(1, Math.ceil(length / chunkLength));
  const leaves = batch.salt === null ? null : new Uint8Array(64 * count);
  for (let i = count - 1; i >= 0; i--) {
    const plain = buffer.subarray(i * chunkLength, Math.min((i + 1) * chunkLength, length));
    // Before the plain text is overwritten.
    if (leaves !== null) setPlaintextLeaf(backend, batch, leaves, i, plain);
    const sealed = buffer.subarray(i * sealedChunkLength, i * sealedChunkLength + plain.length + 16);
    backend.sealChaChaInto(key, chunkNonce(first + i, last && i === count - 1), plain, sealed);
    if (leaves !== null) setCiphertextLeaf(backend, batch, leaves, i, sealed);
  }
  return { length: length + 16 * count, buffer, leaves };
}

/** Opens in place. A batch of a malformed length does not open. */
export function openBatch(backend: Backend, batch: Batch): BatchResult {
  const { key, buffer, length, first, last } = batch;
  const count = Math.max(1, Math.ceil(length / sealedChunkLength));
  const leaves = batch.salt === null ? null : new Uint8Array(64 * count);
  for (let i = 0; i < count; i++) {
    const sealed = buffer.subarray(i * sealedChunkLength, Math.min((i + 1) * sealedChunkLength, length));
    const final = last && i === count - 1;
    const plain = sealed.length < 16 || (final && first + i > 0 && sealed.length === 16) ? null : openChunk(backend, key, first + i, final, sealed);
    if (plain === null) return { length: -1, buffer, leaves: null };
    if (leaves !== null) {
      setCiphertextLeaf(backend, batch, leaves, i, sealed);
      setPlaintextLeaf(backend, batch, leaves, i, plain);
    }
    buffer.set(plain, i * chunkLength);
  }
  return { length: length - 16 * count, buffer, leaves };
}

function setCiphertextLeaf(backend: Backend, { nonce, first }: Batch, leaves: Uint8Array, i: number, sealed: Uint8Array): void {
  leaves.set(ciphertextLeaf(backend, first + i === 0 ? nonce : none, sealed), 64 * i);
}

function setPlaintextLeaf(backend: Backend, { salt, first }: Batch, leaves: Uint8Array, i: number, plain: Uint8Array): void {
  leaves.set(plaintextLeaf(backend, leafSalt(backend, salt ?? none, first + i), plain), 64 * i + 32);
}
