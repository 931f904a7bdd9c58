import { concat } from "./bytes.js";

/** Reads a stream of chunks in pieces of the caller's size, and holds no more than was asked for. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;
  /** Bytes taken so far. */
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Whether `length` bytes are at hand without waiting. */
  has(length: number): boolean {
    return this.#held.length - this.#at >= length;
  }

  /** Waits for `length` bytes. @returns whether they came before the end. */
  async fill(length: number): Promise<boolean> {
    if (this.has(length)) return true;
    const parts = [this.#held.subarray(this.#at)];
    let size = parts[0]?.length ?? 0;
    while (size < length && !this.#ended) {
      const next = await this.#chunks.next();
      if (next.done === true) { this.#ended = true; break; }
      parts.push(next.value);
      size += next.value.length;
    }
    this.#held = concat(parts.filter((part) => part.length > 0));
    this.#at = 0;
    return size >= length;
  }

  /** @returns a view of the next bytes, which must be at hand, without taking them. */
  peek(length: number): Uint8Array {
    return this.#held.subarray(this.#at, this.#at + length);
  }

  /** Takes bytes that are at hand. */
  take(length: number): Uint8Array {
    const bytes = this.peek(length);
    this.#at += length;
    this.position += length;
    return bytes;
  }

  /** Passes `length` bytes on in the chunks in which they come. Ends early if the stream does: compare `position`. */
  async *stream(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    while (left > 0) {
      if (!this.has(1) && !(await this.fill(1))) return;
      const piece = this.take(Math.min(left, this.#held.length - this.#at));
      left -= piece.length;
      yield piece;
    }
  }

  /** Throws the rest of the stream's chunks away and tells the source to close. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
