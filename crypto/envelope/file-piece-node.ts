import { readSync, writevSync } from "node:fs";
import { nodeBackend as backend, sealChaChaParts } from "../backend/node.js";
import { chunkLength, chunkNonce, openChunk, payloadNonceLength, sealedChunkLength } from "./chunk.js";
import { ciphertextLeaf, leafSalt, plaintextLeaf } from "./commitments.js";

/** A run of chunks of a file, which all threads work on together: each takes the next group until none is left. */
export interface FilePiece {
  readonly work: "seal" | "open";
  /** Descriptors: threads share those of their process. */
  readonly input: number;
  readonly output: number;
  /** Where the nonce of the stored object lies, in whichever of the two files it is. */
  readonly storedOffset: number;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  /** Bytes of plain text in the whole file, and its chunks. */
  readonly plainSize: number;
  readonly chunks: number;
  /** First chunk of the piece, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Int32: groups taken so far; then 1 more than the first chunk (counted in the piece) known not to open. */
  readonly claim: SharedArrayBuffer;
  /** With a salt, room for 64 bytes a chunk of the piece. */
  readonly salt: Uint8Array | null;
  readonly leaves: SharedArrayBuffer | null;
}

/** Chunks that are read, worked on and written at a time: few, so that they are still in the processor's cache when they are written. */
const groupChunks = 4;

const none = new Uint8Array(0);

/** A thread's part of a piece. Blocks its thread; memory: one group. */
export function workOnPiece(piece: FilePiece): void {
  const claim = new Int32Array(piece.claim);
  const held = new Uint8Array(groupChunks * sealedChunkLength);
  for (;;) {
    const from = piece.from + Atomics.add(claim, 0, 1) * groupChunks;
    if (from >= piece.to || Atomics.load(claim, 1) !== 0) return;
    const failed = workOnGroup(piece, from, Math.min(from + groupChunks, piece.to), held);
    if (failed !== null) Atomics.compareExchange(claim, 1, 0, failed - piece.from + 1);
  }
}

/** @returns the chunk that does not open, or null. */
function workOnGroup(piece: FilePiece, from: number, to: number, held: Uint8Array): number | null {
  const { work, plainSize, storedOffset } = piece;
  const plainAt = (index: number) => Math.min(index * chunkLength, plainSize);
  const storedAt = (index: number) => storedOffset + payloadNonceLength + plainAt(index) + 16 * index;
  const inputAt = work === "seal" ? plainAt : storedAt;
  const outputAt = work === "seal" ? storedAt : plainAt;
  const input = held.subarray(0, inputAt(to) - inputAt(from));
  readFully(piece.input, input, inputAt(from));
  const out: Uint8Array[] = [];
  for (let index = from; index < to; index++) {
    const given = input.subarray(inputAt(index) - inputAt(from), inputAt(index + 1) - inputAt(from));
    const last = index === piece.chunks - 1;
    if (work === "seal") {
      const sealed = sealChaChaParts(piece.key, chunkNonce(index, last), given);
      if (piece.leaves !== null) setLeaves(piece, index, sealed, given);
      out.push(...sealed);
    } else {
      const plain = openChunk(backend, piece.key, index, last, given);
      if (plain === null) return index;
      if (piece.leaves !== null) setLeaves(piece, index, [given], plain);
      out.push(plain);
    }
  }
  writeFully(piece.output, out, outputAt(from));
  return null;
}

function setLeaves({ leaves, salt, nonce, from }: FilePiece, index: number, sealed: readonly Uint8Array[], plain: Uint8Array): void {
  const at = new Uint8Array(leaves as SharedArrayBuffer, 64 * (index - from), 64);
  at.set(ciphertextLeaf(backend, index === 0 ? nonce : none, ...sealed));
  at.set(plaintextLeaf(backend, leafSalt(backend, salt ?? none, index), plain), 32);
}

function readFully(fd: number, into: Uint8Array, position: number): void {
  for (let at = 0; at < into.length;) {
    const read = readSync(fd, into, at, into.length - at, position + at);
    if (read === 0) throw new Error("the file became shorter while it was read");
    at += read;
  }
}

function writeFully(fd: number, parts: readonly Uint8Array[], position: number): void {
  let rest = parts.filter(({ length }) => length > 0);
  let at = position;
  while (rest.length > 0) {
    let written = writevSync(fd, rest, at);
    at += written;
    while (rest[0] !== undefined && written >= rest[0].length) written -= rest.shift()?.length ?? 0;
    if (rest[0] !== undefined && written > 0) rest = [rest[0].subarray(written), ...rest.slice(1)];
  }
}
