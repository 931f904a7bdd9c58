import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, linkSync, renameSync, rmSync } from "node:fs";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "../../schema/errors.js";

/** @throws AppError CONFLICT where there is a file and it must not be replaced */
export function requireFree(path: string, force: boolean): void {
  if (!force && existsSync(path)) throw new AppError("CONFLICT", `${path} exists already: --force replaces it.`, { details: { path } });
}

/**
 * Streams bytes into a file, which is there only when all of them are: what breaks off leaves nothing, and what was there before as it was.
 * @param path - null: standard output
 * @param options.force - whether a file that exists is replaced
 * @returns how many bytes, and their SHA-256 in hexadecimal
 * @throws AppError CONFLICT, BAD_INPUT (it cannot be written there), and whatever the bytes' source throws
 */
export async function keepFile(bytes: AsyncIterable<Uint8Array>, path: string | null, options: { force: boolean }): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let count = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      hash.update(piece);
      count += piece.length;
      yield piece;
    }
  };
  if (path === null) await write(counted(), process.stdout, "Standard output");
  else {
    requireFree(path, options.force);
    const part = `${path}.${randomUUID()}.part`;
    try {
      await write(counted(), createWriteStream(part, { flags: "wx" }), path);
      put(part, path, options.force);
    } finally {
      rmSync(part, { force: true });
    }
  }
  return { bytes: count, sha256: hash.digest("hex") };
}

async function write(bytes: AsyncIterable<Uint8Array>, to: Writable, name: string): Promise<void> {
  try {
    await pipeline(bytes, to, { end: to !== process.stdout });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("BAD_INPUT", `${name} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** A link fails where somebody else made the file meanwhile; a rename would replace it. */
function put(part: string, path: string, force: boolean): void {
  if (force) return renameSync(part, path);
  try {
    linkSync(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") requireFree(path, force);
    // There are file systems without links.
    else renameSync(part, path);
  }
}
