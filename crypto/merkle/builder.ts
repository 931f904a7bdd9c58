import type { Backend } from "../backend/backend.js";
import { nodeHash } from "./hashes.js";

/** Takes leaf hashes in order and keeps one hash a level: 64 of them at most, however many leaves. */
export interface MerkleBuilder {
  readonly size: number;
  add(leafHash: Uint8Array): void;
  /** @returns the root of what was added so far (RFC 6962: SHA-256 of nothing where nothing was). */
  root(): Uint8Array;
}

export function merkleBuilder(backend: Backend): MerkleBuilder {
  /** Roots of full subtrees, the largest first; `height` in levels above the leaves. */
  const peaks: { height: number; hash: Uint8Array }[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(hash) {
      let peak = { height: 0, hash };
      for (let left = peaks.at(-1); left?.height === peak.height; left = peaks.at(-1)) {
        peaks.pop();
        peak = { height: peak.height + 1, hash: nodeHash(backend, left.hash, peak.hash) };
      }
      peaks.push(peak);
      size += 1;
    },
    root() {
      const hashes = peaks.map(({ hash }) => hash);
      return hashes.length === 0 ? backend.sha256() : hashes.reduceRight((right, left) => nodeHash(backend, left, right));
    },
  };
}
