import type { FileHandle } from "node:fs/promises";
import { AppError } from "../../schema/errors.js";
import { nodeBackend as backend } from "../backend/node.js";
import { type Batch, batchChunks, type BatchResult } from "./batch.js";
import { chunkLength, payloadKey, sealedChunkLength } from "./chunk.js";
import { checkCommitments, type Commitments, type Committer, committer, plaintextSalt } from "./commitments.js";
import { type DecryptOptions, takeNonce } from "./decrypt-stream.js";
import { type EncryptOptions, type Sealing, sealing } from "./encrypt-stream.js";
import { decryptFileOn, encryptFileOn, type StoredFile } from "./pool-files-node.js";
import { type ByteSource, rechunk } from "./rechunk.js";
import { startThreads } from "./threads-node.js";

/** encryptStream and decryptStream on threads that are always warm. Same results, same errors. */
export interface SealPool {
  encryptStream(source: ByteSource, options: EncryptOptions): Sealing;
  decryptStream(stored: ByteSource, options: DecryptOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /** {@link encryptFileOn} these threads. */
  encryptFile(input: FileHandle, output: StoredFile, fileKey: Uint8Array, commit: boolean): Promise<Commitments | null>;
  /** {@link decryptFileOn} these threads. */
  decryptFile(input: StoredFile, output: FileHandle, options: DecryptOptions): Promise<void>;
  /** Ends the threads. Streams that still run fail. */
  close(): Promise<void>;
}

/** Batches under way: each thread has one in hand and one waiting. */
const batchesPerThread = 2;

/** Room for a sealed batch, not cleared: only what was written into it is ever read. A buffer of its own, so that it can be handed over. */
const makeBuffer = (): Uint8Array<ArrayBuffer> => Buffer.allocUnsafeSlow(batchChunks * sealedChunkLength);

/** @param threads - how many; memory is about 2 MiB for each and for each stream. */
export function createSealPool(threads: number): SealPool {
  const pool = startThreads(threads);

  /** Sends batches of a source through the threads and gives the results in order, no more under way than the threads can use. */
  async function* flow(work: "seal" | "open", source: ByteSource, batchLength: number, base: Pick<Batch, "key" | "salt" | "nonce">): AsyncGenerator<BatchResult, void, undefined> {
    const underWay: Promise<BatchResult>[] = [];
    let first = 0;
    try {
      for await (const { bytes, last, own } of rechunk(source, batchLength, makeBuffer)) {
        // Counted before the buffer is handed over.
        const { length } = bytes;
        const result = pool.run(work, { ...base, first, last, length, buffer: own ?? copyWithRoom(bytes) });
        // A failure is met when its turn comes; until then it is no unhandled rejection.
        result.catch(() => undefined);
        underWay.push(result);
        first += batchChunks;
        if (underWay.length >= threads * batchesPerThread) yield await (underWay.shift() as Promise<BatchResult>);
      }
      for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) yield await next;
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  return {
    encryptStream(source, options) {
      return sealing(backend, options, async function* (key, nonce, commit) {
        const salt = plaintextSalt(backend, options.fileKey);
        for await (const result of flow("seal", source, batchChunks * chunkLength, { key, salt, nonce })) {
          addLeaves(commit, result, result.length - 16 * Math.ceil(result.length / sealedChunkLength));
          yield result.buffer.subarray(0, result.length);
        }
      });
    },
    async *decryptStream(stored, { fileKey, expected, onCommitments }) {
      const { nonce, rest } = await takeNonce(stored);
      const commit = expected !== undefined || onCommitments !== undefined ? committer(backend, fileKey, nonce) : null;
      const salt = commit === null ? null : plaintextSalt(backend, fileKey);
      const key = payloadKey(backend, fileKey, nonce);
      let index = 0;
      for await (const result of flow("open", rest, batchChunks * sealedChunkLength, { key, salt, nonce })) {
        if (result.length < 0) throw new AppError("DECRYPTION_FAILED", `A chunk after ${index} of the file was changed, or is of another file.`);
        if (commit !== null) addLeaves(commit, result, result.length);
        index += batchChunks;
        if (result.length > 0) yield result.buffer.subarray(0, result.length);
      }
      if (commit === null) return;
      const commitments = commit.finish();
      if (expected !== undefined) checkCommitments(commitments, expected);
      onCommitments?.(commitments);
    },
    encryptFile: (input, output, fileKey, commit) => encryptFileOn(pool, input, output, fileKey, commit),
    decryptFile: (input, output, options) => decryptFileOn(pool, input, output, options),
    close: () => pool.close(),
  };
}

function copyWithRoom(bytes: Uint8Array): Uint8Array {
  const buffer = makeBuffer();
  buffer.set(bytes);
  return buffer;
}

function addLeaves(commit: Committer, { leaves }: BatchResult, plainLength: number): void {
  if (leaves === null) return;
  for (let at = 0, left = plainLength; at < leaves.length; at += 64, left -= chunkLength) {
    commit.addLeaves(leaves.subarray(at, at + 32), leaves.subarray(at + 32, at + 64), Math.min(left, chunkLength));
  }
}
