/** What a source may be: web streams, Node streams and generators alike. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface Piece {
  readonly bytes: Uint8Array;
  /** True for the last piece alone. */
  readonly last: boolean;
  /** The piece's own buffer, one of `make`'s, which the reader may keep or hand over; null where the bytes are the source's. */
  readonly own: Uint8Array | null;
}

/**
 * Cuts a source into pieces of exactly `length` bytes, the last one shorter or as long.
 * A source without bytes gives one empty piece. Memory: one piece.
 * Pieces are views where the source's own buffers allow it: use them before asking for the next.
 * @param make - gives the buffers of pieces, `length` bytes or more; what is in them does not matter.
 */
export async function* rechunk(source: ByteSource, length: number, make: () => Uint8Array = () => new Uint8Array(length)): AsyncGenerator<Piece, void, undefined> {
  let held = make();
  let used = 0;
  for await (const chunk of source) {
    let rest = chunk;
    while (rest.length > 0) {
      // A full piece is given out only once a byte after it is seen, for it might be the last.
      if (used === length) {
        yield { bytes: held.subarray(0, length), last: false, own: held };
        held = make();
        used = 0;
      }
      if (used === 0 && rest.length > length) {
        yield { bytes: rest.subarray(0, length), last: false, own: null };
        rest = rest.subarray(length);
        continue;
      }
      const part = rest.subarray(0, length - used);
      held.set(part, used);
      used += part.length;
      rest = rest.subarray(part.length);
    }
  }
  yield { bytes: held.subarray(0, used), last: true, own: held };
}
