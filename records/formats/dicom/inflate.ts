import { invalid } from "../../refuse.js";

/**
 * Inflates a raw deflate stream with the platform's own decoder. Throws FORMAT_INVALID on damage, or past `cap` bytes.
 * @param position - where in the file the stream begins: decoders do not tell where they stopped.
 */
export async function* inflateRaw(chunks: AsyncIterable<Uint8Array>, cap: number, position: number): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  // An error of the source must come out as itself, not as damage of the compressed data.
  let sourceError: Error | undefined;
  const input = new ReadableStream<BufferSource>({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value.slice());
      } catch (error) { sourceError = error instanceof Error ? error : new Error("The source failed.", { cause: error }); controller.error(error); }
    },
  });
  const reader = input.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  let total = 0;
  for (;;) {
    let next: ReadableStreamReadResult<Uint8Array>;
    try { next = await reader.read(); }
    catch (error) {
      if (sourceError !== undefined) throw sourceError;
      throw invalid("DICOM", `the deflated data set is damaged or ends early (${error instanceof Error && "code" in error ? String(error.code) : "inflate"})`, { position });
    }
    if (next.done) return;
    total += next.value.length;
    if (total > cap) throw invalid("DICOM", "the deflated data set is larger than the limit", { position });
    yield next.value;
  }
}
