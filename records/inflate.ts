import { streamOf } from "./stream-of.js";

/**
 * Inflates a stream with the platform's own decoder.
 * @param fail - makes the error for damage, and for more than `cap` bytes.
 */
export async function* inflate(kind: "deflate-raw" | "deflate" | "gzip", chunks: AsyncIterable<Uint8Array>, cap: number, fail: (reason: string) => Error): AsyncGenerator<Uint8Array> {
  const source = streamOf(chunks);
  const reader = source.stream.pipeThrough(new DecompressionStream(kind)).getReader();
  let total = 0;
  try {
    for (;;) {
      let next: ReadableStreamReadResult<Uint8Array>;
      try { next = await reader.read(); }
      catch (error) {
        throw source.failure() ?? fail(`the compressed data is damaged or ends early (${error instanceof Error && "code" in error ? String(error.code) : "inflate"})`);
      }
      if (next.done) return;
      total += next.value.length;
      if (total > cap) throw fail("the compressed data is larger than the limit");
      yield next.value;
    }
  } finally {
    // The source is closed, and the decoder only left: Node's throws past every handler if it is cancelled while it works.
    await source.close();
  }
}
