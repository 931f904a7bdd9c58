import type { ByteSource } from "./rechunk.js";

/** @returns a web stream that pulls from `source` as it is read (back-pressure), and stops it when cancelled. */
export function toWebStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** @returns the stream's chunks. Works where browsers' streams cannot be iterated themselves. */
export async function* fromWebStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/** Any step over bytes (encrypting, decrypting) as a transform, for `pipeThrough`. */
export function toTransform(step: (source: ByteSource) => AsyncIterable<Uint8Array>): ReadableWritablePair<Uint8Array, Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  return { writable, readable: toWebStream(step(fromWebStream(readable))) };
}
