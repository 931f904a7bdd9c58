import type { Backend } from "../backend/backend.js";

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** RFC 6962 §2.1: a leaf can never be taken for a node. @param parts - the leaf's data, joined. */
export const leafHash = (backend: Backend, ...parts: readonly Uint8Array[]): Uint8Array => backend.sha256(leafPrefix, ...parts);

export const nodeHash = (backend: Backend, left: Uint8Array, right: Uint8Array): Uint8Array => backend.sha256(nodePrefix, left, right);
