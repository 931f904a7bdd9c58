import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { AppError } from "../../schema/errors.js";
import { nodeBackend as backend } from "../backend/node.js";
import { chunkLength, payloadKey, payloadNonceLength } from "./chunk.js";
import { checkCommitments, type Commitments, type Committer, committer, plaintextSalt } from "./commitments.js";
import type { DecryptOptions } from "./decrypt-stream.js";
import type { FilePiece } from "./file-piece-node.js";
import { malformed } from "./malformed.js";
import { chunkCount, plainSizeOf } from "./sizes.js";
import type { Threads } from "./threads-node.js";

/** Chunks whose leaves are held at a time: 4 GiB of plain text, 4 MiB of leaves. */
const pieceChunks = 65536;

/** Where a stored object lies in a file: after a header, or at the start of its own. */
export interface StoredFile {
  readonly file: FileHandle;
  /** Bytes before the nonce. */
  readonly offset: number;
}

/**
 * Seals one file into another, threads reading and writing by themselves: the fastest way, where both are files.
 * @param commit - whether commitments are wanted; they cost two SHA-256 passes. @returns them, or null.
 */
export async function encryptFileOn(threads: Threads, input: FileHandle, output: StoredFile, fileKey: Uint8Array, commit: boolean): Promise<Commitments | null> {
  const { size } = await input.stat();
  const nonce = new Uint8Array(randomBytes(payloadNonceLength));
  await output.file.write(nonce, 0, nonce.length, output.offset);
  return run(threads, "seal", input, output.file, output.offset, size, fileKey, nonce, commit);
}

/**
 * Opens a stored object into another file, which is whole and authentic only when this returns: write to a temporary one.
 * Errors as decryptStream.
 */
export async function decryptFileOn(threads: Threads, input: StoredFile, output: FileHandle, { fileKey, expected, onCommitments }: DecryptOptions): Promise<void> {
  const plainSize = plainSizeOf((await input.file.stat()).size - input.offset);
  const nonce = new Uint8Array(payloadNonceLength);
  const { bytesRead } = await input.file.read(nonce, 0, nonce.length, input.offset);
  if (bytesRead !== nonce.length) throw malformed("the payload is cut within its nonce");
  const commit = expected !== undefined || onCommitments !== undefined;
  const commitments = await run(threads, "open", input.file, output, input.offset, plainSize, fileKey, nonce, commit);
  if (commitments === null) return;
  if (expected !== undefined) checkCommitments(commitments, expected);
  onCommitments?.(commitments);
}

async function run(
  threads: Threads, work: FilePiece["work"], input: FileHandle, output: FileHandle, storedOffset: number,
  plainSize: number, fileKey: Uint8Array, nonce: Uint8Array, commit: boolean,
): Promise<Commitments | null> {
  const chunks = chunkCount(plainSize);
  const key = payloadKey(backend, fileKey, nonce);
  const salt = commit ? plaintextSalt(backend, fileKey) : null;
  const commitments: Committer | null = commit ? committer(backend, fileKey, nonce) : null;
  for (let from = 0; from < chunks; from += pieceChunks) {
    const to = Math.min(from + pieceChunks, chunks);
    const claim = new SharedArrayBuffer(8);
    const leaves = commit ? new SharedArrayBuffer(64 * (to - from)) : null;
    await threads.runFile({ work, input: input.fd, output: output.fd, storedOffset, key, nonce, plainSize, chunks, from, to, claim, salt, leaves });
    const failed = new Int32Array(claim)[1] ?? 0;
    if (failed !== 0) throw new AppError("DECRYPTION_FAILED", `Chunk ${from + failed - 1} of the file was changed, or is of another file.`);
    if (commitments === null || leaves === null) continue;
    for (let index = from; index < to; index++) {
      // Copied: hashing reads no shared memory.
      const pair = new Uint8Array(leaves, 64 * (index - from), 64).slice();
      commitments.addLeaves(pair.subarray(0, 32), pair.subarray(32), Math.min(chunkLength, plainSize - index * chunkLength));
    }
  }
  return commitments?.finish() ?? null;
}
