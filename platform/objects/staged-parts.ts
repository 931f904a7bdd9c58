import { AppError } from "../../schema/errors.js";
import type { ObjectStore } from "./object-store.js";

/** Each part is at most this long, so that a broken connection loses little and memory stays bounded. */
export const stagedPartBytes = 8 << 20;

/**
 * A file that arrives in pieces, kept in any object store as parts named by their offset: any api can go on where another stopped,
 * any worker can read it. The bytes are already encrypted by the caller (decision D9).
 */
export interface StagedFile {
  /** Bytes held so far, without a gap. */
  size(): Promise<number>;
  /** Appends from `offset` on, which must equal size(). What was stored before a failure stays. @returns the new size. */
  append(offset: number, source: AsyncIterable<Uint8Array>): Promise<number>;
  read(): AsyncIterable<Uint8Array>;
  delete(): Promise<void>;
}

const partName = (offset: number): string => String(offset).padStart(16, "0");

/** @param prefix - without a slash at the end, e.g. `staging/<upload id>/source`. */
export function stagedFile(store: ObjectStore, prefix: string): StagedFile {
  const parts = async (): Promise<{ key: string; offset: number; size: number }[]> => {
    const listed = await store.list(`${prefix}/`);
    const contiguous: { key: string; offset: number; size: number }[] = [];
    let next = 0;
    for (const { key, size } of listed) {
      const offset = Number(key.slice(prefix.length + 1));
      if (offset < next) continue; // left by an append that was overtaken: never part of the file
      if (offset > next) break;
      contiguous.push({ key, offset, size });
      next += size;
    }
    return contiguous;
  };
  const size = async (): Promise<number> => {
    const last = (await parts()).at(-1);
    return last ? last.offset + last.size : 0;
  };

  return {
    size,

    async append(offset, source) {
      if ((await size()) !== offset) throw new AppError("CONFLICT", "The upload does not go on at this offset.");
      let at = offset;
      for await (const part of inParts(source)) {
        at += await store.put(`${prefix}/${partName(at)}`, iterate(part));
      }
      return at;
    },

    async *read() {
      for (const { key } of await parts()) yield* (await store.get(key)).body;
    },

    async delete() {
      for (const { key } of await store.list(`${prefix}/`)) await store.delete(key);
    },
  };
}

/** Groups chunks into parts; when the source breaks, what came before is still given out, then the error. */
async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[]> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  let failure: { error: unknown } | undefined;
  try {
    for await (const chunk of source) {
      if (chunk.length === 0) continue;
      held.push(chunk);
      bytes += chunk.length;
      if (bytes >= stagedPartBytes) {
        yield held;
        held = [];
        bytes = 0;
      }
    }
  } catch (error) {
    failure = { error };
  }
  if (held.length > 0) yield held;
  if (failure) throw failure.error;
}

async function* iterate(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
