import type { ByteSource } from "./rechunk.js";

/** @returns an iterator over either kind of source; once begun, its `return` closes the source. */
export async function* iterate(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  yield* source;
}

/** @returns the bytes already read, then what the iterator still gives. Closing it closes the iterator, also before the first read. */
export function prepend(first: Uint8Array, rest: AsyncGenerator<Uint8Array, void, undefined>): AsyncIterableIterator<Uint8Array> {
  let held = first.length > 0 ? first : null;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (held === null) return rest.next();
      const value = held;
      held = null;
      return { value, done: false };
    },
    async return() {
      held = null;
      return rest.return();
    },
  };
}
