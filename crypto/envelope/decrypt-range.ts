import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { concat } from "../bytes.js";
import { chunkLength, openChunk, payloadKey, payloadNonceLength, sealedChunkLength } from "./chunk.js";
import { chunkCount, plainSizeOf } from "./sizes.js";

/** A stored object from which slices can be read, as by HTTP Range. */
export interface StoredObject {
  /** Bytes. Need not be trusted: a false one is found out. */
  readonly size: number;
  /** @returns bytes `from` (inclusive) to `to` (exclusive). */
  read(from: number, to: number): Promise<Uint8Array>;
}

export interface RangeReader {
  /** Bytes of plain text. */
  readonly plainSize: number;
  /** Decrypts `length` bytes from `offset`; shorter at the file's end. Reads only the chunks that hold them. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Opens a stored object for slices. Reads the nonce and the last chunk, which alone proves the object's length.
 * Throws DECRYPTION_FAILED, ENVELOPE_MALFORMED.
 */
export async function openRange(backend: Backend, stored: StoredObject, fileKey: Uint8Array): Promise<RangeReader> {
  const plainSize = plainSizeOf(stored.size);
  const count = chunkCount(plainSize);
  const key = payloadKey(backend, fileKey, await readExactly(stored, 0, payloadNonceLength));
  const start = (index: number) => Math.min(payloadNonceLength + index * sealedChunkLength, stored.size);
  const open = (index: number, sealed: Uint8Array): Uint8Array => {
    const plain = openChunk(backend, key, index, index === count - 1, sealed);
    if (plain === null) throw new AppError("DECRYPTION_FAILED", `Chunk ${index} of the file was changed, or is of another file.`);
    return plain;
  };
  open(count - 1, await readExactly(stored, start(count - 1), stored.size));
  return {
    plainSize,
    async read(offset, length) {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
        throw new AppError("BAD_INPUT", "A slice has an offset and a length from 0.");
      }
      const end = Math.min(offset + length, plainSize);
      if (offset >= end) return new Uint8Array(0);
      const [first, last] = [Math.floor(offset / chunkLength), Math.floor((end - 1) / chunkLength)];
      const sealed = await readExactly(stored, start(first), start(last + 1));
      const plain: Uint8Array[] = [];
      for (let index = first; index <= last; index++) {
        plain.push(open(index, sealed.subarray(start(index) - start(first), start(index + 1) - start(first))));
      }
      return concat(...plain).subarray(offset - first * chunkLength, end - first * chunkLength);
    },
  };
}

async function readExactly(stored: StoredObject, from: number, to: number): Promise<Uint8Array> {
  const bytes = await stored.read(from, to);
  if (bytes.length !== to - from) throw new AppError("DECRYPTION_FAILED", "The stored object is shorter than it was said to be.");
  return bytes;
}
