import type { Backend } from "../backend/backend.js";
import { merkleBuilder } from "./builder.js";

/** @returns the 32-byte RFC 6962 root over leaf hashes. */
export function merkleRoot(backend: Backend, leafHashes: Iterable<Uint8Array>): Uint8Array {
  const builder = merkleBuilder(backend);
  for (const hash of leafHashes) builder.add(hash);
  return builder.root();
}
