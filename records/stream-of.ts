/** A web stream over chunks. An error of the source comes out of `failure` as itself, however a transform behind the stream words it. */
export function streamOf(chunks: AsyncIterable<Uint8Array>): { readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>; readonly failure: () => Error | undefined; readonly close: () => Promise<void> } {
  const iterator = chunks[Symbol.asyncIterator]();
  let failure: Error | undefined;
  const close = async (): Promise<void> => { await iterator.return?.(); };
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value.slice());
      } catch (error) {
        failure = error instanceof Error ? error : new Error("The source failed.", { cause: error });
        controller.error(failure);
      }
    },
    cancel: close,
  }, { highWaterMark: 0 });
  return { stream, failure: () => failure, close };
}

/** Reads a web stream's chunks; leaving early cancels it. */
export async function* readerBytes(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
