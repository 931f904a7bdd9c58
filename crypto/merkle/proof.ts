import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { equalBytes, fromHex, toHex } from "../bytes.js";
import { nodeHash } from "./hashes.js";
import { merkleRoot } from "./root.js";

/** Shows that a leaf is in a tree; plain JSON. */
export interface InclusionProof {
  /** Number of the leaf, from 0. */
  readonly index: number;
  /** Leaves in the tree. */
  readonly size: number;
  /** Sibling hashes from the leaf upwards, each `0x` and 64 digits. */
  readonly path: readonly string[];
}

/** Largest power of two below `size` (RFC 6962's split). */
function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/** @returns the RFC 6962 audit path of leaf `index`. Throws BAD_INPUT if there is no such leaf. */
export function inclusionProof(backend: Backend, leafHashes: readonly Uint8Array[], index: number): InclusionProof {
  const size = leafHashes.length;
  if (!Number.isInteger(index) || index < 0 || index >= size) throw new AppError("BAD_INPUT", `There is no leaf ${index} among ${size}.`);
  const path: string[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    const [left, right] = [leafHashes.slice(from, middle), leafHashes.slice(middle, to)];
    path.push(toHex(merkleRoot(backend, index < middle ? right : left)));
    if (index < middle) to = middle;
    else from = middle;
  }
  return { index, size, path: path.reverse() };
}

/** @returns whether the leaf is at its place under that root. Malformed proofs are false. */
export function verifyInclusion(backend: Backend, root: string, leaf: Uint8Array, proof: InclusionProof): boolean {
  const { index, size, path } = proof;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  // Which side each sibling is on follows from index and size alone; walk down, then hash up.
  const leftSiblings: boolean[] = [];
  let [at, width] = [index, size];
  while (width > 1) {
    const half = split(width);
    const isRight = at >= half;
    leftSiblings.push(isRight);
    [at, width] = isRight ? [at - half, width - half] : [at, half];
  }
  if (path.length !== leftSiblings.length) return false;
  try {
    let hash = leaf;
    for (const [level, isLeft] of leftSiblings.reverse().entries()) {
      const sibling = fromHex(path[level] ?? "", 32);
      hash = isLeft ? nodeHash(backend, sibling, hash) : nodeHash(backend, hash, sibling);
    }
    return equalBytes(hash, fromHex(root, 32));
  } catch {
    return false;
  }
}
