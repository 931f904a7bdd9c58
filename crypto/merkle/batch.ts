import type { Backend } from "../backend/backend.js";
import { fromHex, toHex } from "../bytes.js";
import { leafHash } from "./hashes.js";
import { type InclusionProof, inclusionProof, verifyInclusion } from "./proof.js";
import { merkleRoot } from "./root.js";

const leaves = (backend: Backend, recordHashes: readonly string[]) => recordHashes.map((hash) => leafHash(backend, fromHex(hash, 32)));

/** @param recordHashes - the access records of one batch in order, `0x…` each. @returns `0x…`, what the chain anchors. */
export const batchRoot = (backend: Backend, recordHashes: readonly string[]): string => toHex(merkleRoot(backend, leaves(backend, recordHashes)));

/** @returns the proof that record number `index` of the batch is under its root. */
export const batchProof = (backend: Backend, recordHashes: readonly string[], index: number): InclusionProof =>
  inclusionProof(backend, leaves(backend, recordHashes), index);

/** @returns whether the record is in the batch that was anchored. */
export const verifyBatchProof = (backend: Backend, root: string, recordHash: string, proof: InclusionProof): boolean =>
  verifyInclusion(backend, root, leafHash(backend, fromHex(recordHash, 32)), proof);
