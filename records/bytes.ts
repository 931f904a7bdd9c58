import { AppError } from "../schema/errors.js";
import type { RecordSource } from "./format.js";

/** 50 GiB. */
export const defaultMaxBytes = 50 * 2 ** 30;

/** Bytes of the beginning that recognition looks at. */
export const headBytes = 2 ** 20;

/** @returns a source over bytes in memory, cut in pieces of `piece` bytes. */
export function bytesSource(bytes: Uint8Array, piece = 65_536): RecordSource {
  return async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
}

/** Passes chunks on, counts them, and stops at the limit. Throws FILE_TOO_LARGE, and FILE_EMPTY at the end of nothing. */
export async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number, onBytes?: (count: number) => void): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    total += chunk.length;
    if (total > maxBytes) throw new AppError("FILE_TOO_LARGE", "The file is larger than the limit.", { details: { maxBytes, reason: "the file is larger than the limit", position: maxBytes } });
    onBytes?.(chunk.length);
    yield chunk;
  }
  if (total === 0) throw new AppError("FILE_EMPTY", "The file has no bytes.");
}

/** @returns the bytes joined. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const only = parts[0];
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

/** Reads everything. Throws FILE_TOO_LARGE past `cap`. */
export async function collect(chunks: AsyncIterable<Uint8Array>, cap = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > cap) throw new AppError("FILE_TOO_LARGE", "The file is larger than this format's limit for one piece.", { details: { maxBytes: cap, reason: "the file is larger than its format's limit for one piece", position: cap } });
    parts.push(chunk);
  }
  return concat(parts);
}
