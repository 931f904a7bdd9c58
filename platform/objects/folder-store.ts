import { randomUUID } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { mkdir, open, readdir, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../schema/errors.js";
import { checkObjectKey } from "./object-key.js";
import type { ObjectStore } from "./object-store.js";

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** What was written aside and not renamed for this long belongs to a process that died, in ms. */
const abandonedAfterMs = 86_400_000;

/** Objects as files below a folder. A crash leaves the old object or the new one, whole: written aside, synced, renamed. */
export async function openFolderStore(root: string): Promise<ObjectStore> {
  const aside = join(root, ".incoming");
  const unavailable = (cause: unknown): AppError => new AppError("OBJECT_STORE_UNAVAILABLE", "Cannot write to the object folder.", { cause });
  try {
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await removeAbandoned(aside);
  } catch (cause) {
    throw unavailable(cause);
  }
  const path = (key: string): string => join(root, checkObjectKey(key));

  return {
    place: () => "",
    places: [""],

    async put(key, source) {
      const target = path(key);
      const temporary = join(aside, randomUUID());
      const file = await open(temporary, "wx", 0o600).catch((cause: unknown) => {
        throw unavailable(cause);
      });
      let size = 0;
      try {
        for await (const bytes of source) {
          await file.writeFile(bytes);
          size += bytes.length;
        }
        await file.sync();
        await file.close();
        await moveInto(temporary, target);
      } catch (error) {
        await file.close().catch(() => undefined);
        await rm(temporary, { force: true });
        throw error;
      }
      return size;
    },

    async get(key, range) {
      const target = path(key);
      const found = await stat(target).catch((error: unknown) => {
        throw isMissing(error) ? new AppError("OBJECT_NOT_FOUND", "No such object in the store.", { cause: error }) : unavailable(error);
      });
      const first = range?.first ?? 0;
      if (first < 0 || (first >= found.size && found.size > 0) || (range?.last !== undefined && range.last < first)) {
        throw new AppError("BAD_INPUT", "The byte range lies outside the object.", { details: { size: found.size } });
      }
      const last = Math.min(range?.last ?? found.size - 1, found.size - 1);
      const body = found.size === 0 ? emptyBody() : readSlice(target, first, last);
      return { size: found.size, body };
    },

    presign: () => Promise.resolve(null),

    async head(key) {
      try {
        return { size: (await stat(path(key))).size };
      } catch (error) {
        if (isMissing(error)) return null;
        throw unavailable(error);
      }
    },

    async list(prefix) {
      const folder = path(prefix.replace(/\/$/, ""));
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown): Dirent[] => {
        if (isMissing(error)) return [];
        throw unavailable(error);
      });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const sized = await Promise.all(
        files.map(async (file) => {
          const found = await stat(file).catch((error: unknown) => {
            if (isMissing(error)) return null; // deleted meanwhile
            throw unavailable(error);
          });
          return found === null ? [] : [{ key: file.slice(root.length + 1), size: found.size }];
        }),
      );
      return sized.flat().sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    async delete(key) {
      const target = path(key);
      await unlink(target).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
      // Folders that became empty go too; a writer that needs one makes it again.
      for (let folder = dirname(target); folder !== root; folder = dirname(folder)) {
        try {
          await rmdir(folder);
        } catch {
          return;
        }
      }
    },

    async ping() {
      await stat(aside).catch((cause: unknown) => {
        throw unavailable(cause);
      });
    },

    close() {
      // nothing is kept open
    },
  };
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // an empty file has no slice to read
}

async function* readSlice(path: string, first: number, last: number): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { start: first, end: last, highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw isMissing(error) ? new AppError("OBJECT_NOT_FOUND", "No such object in the store.", { cause: error }) : error;
  }
}

/** Renames into a folder that is made, and made again if somebody who deleted its last object took it away. */
async function moveInto(temporary: string, target: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(temporary, target);
      break;
    } catch (error) {
      if (!isMissing(error) || attempt === 10) throw error;
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    }
  }
  await syncFolder(dirname(target)).catch((error: unknown) => {
    if (!isMissing(error)) throw error; // deleted again meanwhile
  });
}

async function removeAbandoned(aside: string): Promise<void> {
  for (const name of await readdir(aside)) {
    const file = join(aside, name);
    const found = await stat(file).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > abandonedAfterMs) await rm(file, { force: true });
  }
}

/** A rename is only durable once its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
