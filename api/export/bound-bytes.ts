import { AppError } from "../../schema/errors.js";

/** @throws AppError LIMIT_EXCEEDED */
export function checkBytes(bytes: number, limit: number): void {
  if (bytes > limit) throw new AppError("LIMIT_EXCEEDED", `An export has at most ${limit} bytes: ask for less.`, { details: { limit, bytes } });
}

/** Passes pieces on, and throws instead of the one that would be too much: what was cut is never ended as if it were whole. @throws AppError LIMIT_EXCEEDED */
export async function* boundBytes(pieces: AsyncIterable<string | Uint8Array>, limit: number): AsyncGenerator<string | Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += Buffer.byteLength(piece);
    checkBytes(bytes, limit);
    yield piece;
  }
}
