import type { Backend } from "../backend/backend.js";
import { chunkLength, payloadKey, payloadNonceLength, sealChunk } from "./chunk.js";
import { type Commitments, type Committer, committer } from "./commitments.js";
import { type ByteSource, rechunk } from "./rechunk.js";
import { fileKeyLength } from "./stanza.js";

export interface EncryptOptions {
  /** 16 bytes, fresh for every attempt: {@link newFileKey}. */
  readonly fileKey: Uint8Array;
  /** 16 bytes. Fresh ones are drawn if not given; give them only to reproduce a vector. */
  readonly nonce?: Uint8Array;
}

export interface Sealing {
  /** The stored object: nonce ‖ payload. Can be read once; memory stays at one chunk. */
  readonly stored: AsyncIterable<Uint8Array>;
  /** Known when `stored` was read to its end; rejects if that failed. */
  readonly commitments: Promise<Commitments>;
}

/** @returns 16 random bytes. One key encrypts one payload: a retry takes a new one. */
export const newFileKey = (backend: Backend): Uint8Array => backend.randomBytes(fileKeyLength);

/** Encrypts a source of bytes of any size and commits to it in the same pass. */
export function encryptStream(backend: Backend, source: ByteSource, options: EncryptOptions): Sealing {
  return sealing(backend, options, async function* (key, _nonce, commit) {
    let index = 0;
    for await (const { bytes, last } of rechunk(source, chunkLength)) {
      const sealed = sealChunk(backend, key, index++, last, bytes);
      commit.add(sealed, bytes);
      yield sealed;
    }
  });
}

/**
 * What every way of encrypting has in common: checked lengths, nonce first, one reading, and commitments at the end.
 * @param payload - gives the sealed chunks in order, each committed to before it is given.
 */
export function sealing(
  backend: Backend,
  { fileKey, nonce = backend.randomBytes(payloadNonceLength) }: EncryptOptions,
  payload: (key: Uint8Array, nonce: Uint8Array, commit: Committer) => AsyncIterable<Uint8Array>,
): Sealing {
  if (fileKey.length !== fileKeyLength) throw new RangeError(`a file key has ${fileKeyLength} bytes`);
  if (nonce.length !== payloadNonceLength) throw new RangeError(`a payload nonce has ${payloadNonceLength} bytes`);
  let settle!: { resolve: (value: Commitments) => void; reject: (reason: unknown) => void };
  const commitments = new Promise<Commitments>((resolve, reject) => (settle = { resolve, reject }));
  // Whoever reads `stored` sees the same failure: nobody is forced to watch both.
  commitments.catch(() => undefined);
  let started = false;
  async function* run(): AsyncGenerator<Uint8Array, void, undefined> {
    if (started) throw new Error("a sealing can be read once: its key and nonce may not be used again");
    started = true;
    try {
      const commit = committer(backend, fileKey, nonce);
      yield nonce;
      yield* payload(payloadKey(backend, fileKey, nonce), nonce, commit);
      settle.resolve(commit.finish());
    } catch (error) {
      settle.reject(error);
      throw error;
    } finally {
      // Without effect where it is settled already.
      settle.reject(new Error("the stored object was not read to its end"));
    }
  }
  return { stored: { [Symbol.asyncIterator]: run }, commitments };
}
