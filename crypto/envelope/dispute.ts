import type { Backend } from "../backend/backend.js";
import { leafHash } from "../merkle/hashes.js";
import { type InclusionProof, inclusionProof, verifyInclusion } from "../merkle/proof.js";
import { AppError } from "../../schema/errors.js";
import { chunkLength, sealedChunkLength } from "./chunk.js";
import { leafSalt, plaintextSalt } from "./commitments.js";
import { takeNonce } from "./decrypt-stream.js";
import { type ByteSource, rechunk } from "./rechunk.js";

/** One chunk, shown to an arbiter as part of what is committed to on the chain. It says nothing of the other chunks. */
export interface ChunkEvidence {
  /** What stands before the chunk in its leaf: the nonce (ciphertext, chunk 0), nothing (its other chunks), or the leaf's own salt (plain text). */
  readonly lead: Uint8Array;
  readonly bytes: Uint8Array;
  readonly proof: InclusionProof;
}

const none = new Uint8Array(0);

/** @returns evidence for a sealed chunk, from the whole stored object. Memory: 32 bytes a chunk. Throws BAD_INPUT if there is no such chunk. */
export async function ciphertextEvidence(backend: Backend, stored: ByteSource, index: number): Promise<ChunkEvidence> {
  const { nonce, rest } = await takeNonce(stored);
  return collect(backend, rest, sealedChunkLength, index, (at) => (at === 0 ? nonce : none));
}

/** @returns evidence for a chunk of plain text, which a holder of the file key can give without giving the key. */
export function plaintextEvidence(backend: Backend, plain: ByteSource, fileKey: Uint8Array, index: number): Promise<ChunkEvidence> {
  const salt = plaintextSalt(backend, fileKey);
  return collect(backend, plain, chunkLength, index, (at) => leafSalt(backend, salt, at));
}

/** @param root - `ciphertextRoot` or `plaintextRoot` of the chain. @returns whether the chunk is at its place under it. */
export const verifyEvidence = (backend: Backend, root: string, { lead, bytes, proof }: ChunkEvidence): boolean =>
  verifyInclusion(backend, root, leafHash(backend, lead, bytes), proof);

async function collect(backend: Backend, source: ByteSource, length: number, index: number, leadOf: (at: number) => Uint8Array): Promise<ChunkEvidence> {
  const hashes: Uint8Array[] = [];
  let bytes: Uint8Array | null = null;
  for await (const piece of rechunk(source, length)) {
    if (hashes.length === index) bytes = piece.bytes.slice();
    hashes.push(leafHash(backend, leadOf(hashes.length), piece.bytes));
  }
  if (bytes === null) throw new AppError("BAD_INPUT", `There is no chunk ${index} among ${hashes.length}.`);
  return { lead: leadOf(index), bytes, proof: inclusionProof(backend, hashes, index) };
}
