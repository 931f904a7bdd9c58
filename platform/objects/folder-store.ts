import { randomUUID } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../schema/errors.js";
import { checkObjectKey } from "./object-key.js";
import type { ObjectStore } from "./object-store.js";

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Objects as files below a folder. A crash leaves the old object or the new one, whole: written aside, synced, renamed. */
export async function openFolderStore(root: string): Promise<ObjectStore> {
  const aside = join(root, ".incoming");
  const unavailable = (cause: unknown): AppError => new AppError("OBJECT_STORE_UNAVAILABLE", "Cannot write to the object folder.", { cause });
  try {
    await mkdir(aside, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unavailable(cause);
  }
  const path = (key: string): string => join(root, checkObjectKey(key));

  return {
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
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        await rename(temporary, target);
        await syncFolder(dirname(target));
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
      const body: AsyncIterable<Uint8Array> = found.size === 0 ? emptyBody() : createReadStream(target, { start: first, end: last, highWaterMark: 1 << 18 });
      return { size: found.size, body };
    },

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
      const sized = await Promise.all(files.map(async (file) => ({ key: file.slice(root.length + 1), size: (await stat(file)).size })));
      return sized.sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    async delete(key) {
      await rm(path(key), { force: true });
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

/** A rename is only durable once its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
