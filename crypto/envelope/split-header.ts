import { concat } from "../bytes.js";
import { malformed } from "./malformed.js";
import { type ParsedHeader, parseHeader } from "./parse-header.js";
import { iterate, prepend } from "./prepend.js";
import type { ByteSource } from "./rechunk.js";

/**
 * Reads the header off an age file.
 * @returns it, and the stored object that follows: to be read once, or closed by its `return`.
 * Throws ENVELOPE_MALFORMED; the source is closed then.
 */
export async function splitHeader(file: ByteSource): Promise<{ header: ParsedHeader; stored: AsyncIterableIterator<Uint8Array> }> {
  const iterator = iterate(file);
  try {
    let read: Uint8Array = new Uint8Array(0);
    for (;;) {
      const { value, done } = await iterator.next();
      if (done === true) throw malformed("the file ends within its header");
      read = concat(read, value);
      const header = parseHeader(read);
      if (header !== null) return { header, stored: prepend(read.subarray(header.length), iterator) };
    }
  } catch (error) {
    await iterator.return();
    throw error;
  }
}
