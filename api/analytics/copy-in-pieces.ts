import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";

const [quote, lineFeed] = [0x22, 0x0a];

/**
 * Writes the rows of a query as CSV, as Postgres makes it, to a file that nobody else may read, some `size` bytes of whole rows at a time. For threads
 * that may wait for a disk.
 * @param query - without parameters.
 * @param path - of the file, which is not there yet, and gone after each piece.
 * @param use - reads a piece. Not called where there are no rows.
 * @throws Error of Postgres, of the file system or of `use`; the connection can be used again after each
 */
export async function copyInPieces(client: pg.Client, query: string, { path, size }: { path: string; size: number }, use: () => Promise<void>): Promise<void> {
  let file: number | null = null;
  let written = 0;
  let isQuoted = false;
  const write = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    file ??= openSync(path, "wx", 0o600);
    writeFileSync(file, bytes);
    written += bytes.length;
  };
  const drop = (): void => {
    if (file !== null) closeSync(file);
    rmSync(path, { force: true });
    file = null;
    written = 0;
  };
  const hand = async (): Promise<void> => {
    if (file !== null) await use();
    drop();
  };
  let failure: Error | undefined;
  try {
    // A COPY that nobody reads to its end would hold the connection: after a failure the rest is let go.
    for await (const bytes of client.query(copyTo(`copy (${query}) to stdout (format csv)`)) as AsyncIterable<Buffer>) {
      if (failure) continue;
      try {
        const end = written + bytes.length < size ? -1 : endOfRow(bytes, isQuoted);
        write(end < 0 ? bytes : bytes.subarray(0, end));
        if (end >= 0) await hand();
        if (end >= 0) write(bytes.subarray(end));
        if (countQuotes(bytes) % 2 === 1) isQuoted = !isQuoted;
      } catch (error) {
        failure = error as Error;
      }
    }
    if (failure) throw failure;
    await hand();
  } finally {
    drop();
  }
}

/** @returns where the first row that ends in the bytes has ended; -1 if none does. A quote within quotes is doubled, and changes nothing. */
function endOfRow(bytes: Buffer, isQuoted: boolean): number {
  let isWithin = isQuoted;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === quote) isWithin = !isWithin;
    else if (bytes[at] === lineFeed && !isWithin) return at + 1;
  }
  return -1;
}

function countQuotes(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(quote); at >= 0; at = bytes.indexOf(quote, at + 1)) count++;
  return count;
}
