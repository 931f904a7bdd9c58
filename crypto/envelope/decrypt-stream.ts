import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { openChunk, payloadKey, payloadNonceLength, sealedChunkLength } from "./chunk.js";
import { checkCommitments, type Commitments, committer, type ExpectedCommitments } from "./commitments.js";
import { malformed } from "./malformed.js";
import { iterate, prepend } from "./prepend.js";
import { type ByteSource, rechunk } from "./rechunk.js";

export interface DecryptOptions {
  /** 16 bytes. */
  readonly fileKey: Uint8Array;
  /** Compared at the end: COMMITMENT_MISMATCH names what differs. */
  readonly expected?: ExpectedCommitments;
  /** Called at the end, before the iteration ends, with what the file's commitments are. Costs two SHA-256 passes. */
  readonly onCommitments?: (commitments: Commitments) => void;
}

/**
 * Decrypts a stored object (nonce ‖ payload).
 * Each chunk is authentic when it is given out, but the file is whole only when the iteration ends without an error:
 * write to a temporary place until then.
 * Throws DECRYPTION_FAILED (wrong key, changed, reordered, cut or longer), ENVELOPE_MALFORMED, COMMITMENT_MISMATCH.
 */
export async function* decryptStream(backend: Backend, stored: ByteSource, options: DecryptOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { fileKey, expected, onCommitments } = options;
  const { nonce, rest } = await takeNonce(stored);
  const key = payloadKey(backend, fileKey, nonce);
  const commit = expected !== undefined || onCommitments !== undefined ? committer(backend, fileKey, nonce) : null;
  let index = 0;
  for await (const { bytes, last } of rechunk(rest, sealedChunkLength)) {
    if (bytes.length < 16) throw malformed("the payload is cut within a chunk");
    if (last && index > 0 && bytes.length === 16) throw malformed("the last chunk is empty");
    const plain = openChunk(backend, key, index, last, bytes);
    if (plain === null) throw new AppError("DECRYPTION_FAILED", `Chunk ${index} of the file was changed, or is of another file.`);
    index += 1;
    commit?.add(bytes, plain);
    if (plain.length > 0) yield plain;
  }
  if (commit === null) return;
  const commitments = commit.finish();
  if (expected !== undefined) checkCommitments(commitments, expected);
  onCommitments?.(commitments);
}

/** Reads the nonce off a stored object. @returns it and what follows. Throws ENVELOPE_MALFORMED. */
export async function takeNonce(stored: ByteSource): Promise<{ nonce: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const iterator = iterate(stored);
  const nonce = new Uint8Array(payloadNonceLength);
  let used = 0;
  let left: Uint8Array = new Uint8Array(0);
  while (used < nonce.length) {
    const { value, done } = await iterator.next();
    if (done === true) throw malformed("the payload is cut within its nonce");
    const part = value.subarray(0, nonce.length - used);
    nonce.set(part, used);
    used += part.length;
    left = value.subarray(part.length);
  }
  return { nonce, rest: prepend(left, iterator) };
}
