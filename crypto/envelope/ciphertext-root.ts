import type { Backend } from "../backend/backend.js";
import { toHex } from "../bytes.js";
import { merkleBuilder } from "../merkle/builder.js";
import { sealedChunkLength } from "./chunk.js";
import { ciphertextLeaf, type Commitments } from "./commitments.js";
import { takeNonce } from "./decrypt-stream.js";
import { malformed } from "./malformed.js";
import { type ByteSource, rechunk } from "./rechunk.js";

/**
 * Passes a stored object on and tells what it is, without its key: for whoever keeps what others encrypted.
 * @param onEnd - called at the end, before the iteration ends. Throws ENVELOPE_MALFORMED for what no stored object can be.
 */
export async function* withCiphertextRoot(backend: Backend, stored: ByteSource, onEnd: (told: Pick<Commitments, "ciphertextRoot" | "storedSize">) => void): AsyncGenerator<Uint8Array, void, undefined> {
  const { nonce, rest } = await takeNonce(stored);
  const tree = merkleBuilder(backend);
  let storedSize = nonce.length;
  yield nonce;
  for await (const { bytes, last } of rechunk(rest, sealedChunkLength)) {
    if (bytes.length < 16 || (last && tree.size > 0 && bytes.length === 16)) throw malformed("the payload is cut within a chunk");
    tree.add(ciphertextLeaf(backend, tree.size === 0 ? nonce : new Uint8Array(0), bytes));
    storedSize += bytes.length;
    // Copied: the reader may hold it while the next one is cut.
    yield bytes.slice();
  }
  onEnd({ ciphertextRoot: toHex(tree.root()), storedSize });
}
