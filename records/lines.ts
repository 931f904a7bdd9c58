import { concat } from "./bytes.js";

const lf = 10;
const cr = 13;

/**
 * Cuts bytes at LF, CR LF or (`cr: true`) CR. Blank ends are dropped; the line number counts from 1.
 * @param tooLong - makes the error for a line over `cap` bytes.
 */
export async function* byteLines(
  chunks: AsyncIterable<Uint8Array>,
  options: { cr: boolean; cap: number; tooLong: (line: number) => Error },
): AsyncGenerator<{ bytes: Uint8Array; line: number }> {
  let held: Uint8Array[] = [];
  let heldLength = 0;
  let line = 1;
  let afterCr = false;
  for await (const chunk of chunks) {
    let start = 0;
    if (afterCr && chunk[0] === lf) start = 1;
    if (chunk.length > 0) afterCr = false;
    let nextLf = chunk.indexOf(lf, start);
    let nextCr = options.cr ? chunk.indexOf(cr, start) : -1;
    while (nextLf >= 0 || nextCr >= 0) {
      const atCr = nextCr >= 0 && (nextLf < 0 || nextCr < nextLf);
      const end = atCr ? nextCr : nextLf;
      if (heldLength + end - start > options.cap) throw options.tooLong(line);
      const piece = chunk.subarray(start, end);
      const whole = held.length === 0 ? piece : concat([...held, piece]);
      held = [];
      heldLength = 0;
      yield { bytes: !options.cr && whole[whole.length - 1] === cr ? whole.subarray(0, -1) : whole, line };
      line += 1;
      start = end + 1;
      if (atCr && chunk[start] === lf) start += 1;
      else if (atCr && start === chunk.length) afterCr = true;
      if (nextLf >= 0 && nextLf < start) nextLf = chunk.indexOf(lf, start);
      if (nextCr >= 0 && nextCr < start) nextCr = chunk.indexOf(cr, start);
    }
    if (start < chunk.length) {
      held.push(chunk.slice(start));
      heldLength += chunk.length - start;
      if (heldLength > options.cap) throw options.tooLong(line);
    }
  }
  if (heldLength > 0) {
    const whole = concat(held);
    yield { bytes: whole[whole.length - 1] === cr ? whole.subarray(0, -1) : whole, line };
  }
}
