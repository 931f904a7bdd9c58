import type { Backend, KeyStream } from "./backend/backend.js";

/** Key of one staged upload. Kept wrapped in `app.upload`, and deleted with the upload. */
export interface StagingKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 16 bytes: the counter block of byte 0. */
  readonly iv: Uint8Array;
}

/** A fresh key for one upload: never for a second one. */
export const newStagingKey = (backend: Backend): StagingKey => ({ key: backend.randomBytes(32), iv: backend.randomBytes(16) });

/** @returns key ‖ iv, 48 bytes, for wrapping. */
export function encodeStagingKey({ key, iv }: StagingKey): Uint8Array {
  const out = new Uint8Array(48);
  out.set(key);
  out.set(iv, 32);
  return out;
}

/** Reads 48 bytes. Throws RangeError for another length. */
export function decodeStagingKey(bytes: Uint8Array): StagingKey {
  if (bytes.length !== 48) throw new RangeError("a staging key has 48 bytes");
  return { key: bytes.slice(0, 32), iv: bytes.slice(32) };
}

/**
 * AES-256-CTR from any byte of the staged file, so that an upload resumes where it stopped. Encrypts and decrypts alike.
 * It hides, but authenticates nothing: what is read back is parsed as untrusted input, and the envelope is what protects the record.
 * @param offset - first byte that `update` will be given.
 */
export function stagingCipher(backend: Backend, { key, iv }: StagingKey, offset: number): KeyStream {
  if (key.length !== 32 || iv.length !== 16) throw new RangeError("a staging cipher takes a 32-byte key and a 16-byte iv");
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError("an offset is a safe integer from 0");
  const stream = backend.aesCtr(key, counterAt(iv, Math.floor(offset / 16)));
  stream.update(new Uint8Array(offset % 16));
  return stream;
}

/** @returns iv + blocks, modulo 2^128. */
function counterAt(iv: Uint8Array, blocks: number): Uint8Array {
  let value = BigInt(blocks);
  for (const byte of [0, 8]) value += new DataView(iv.buffer, iv.byteOffset).getBigUint64(byte) << BigInt(64 - 8 * byte);
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt.asUintN(64, value >> 64n));
  view.setBigUint64(8, BigInt.asUintN(64, value));
  return out;
}
