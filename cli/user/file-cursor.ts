import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { CursorStore } from "../../client/index.js";

/** Keeps a watch's place in a file: a program that is killed goes on where it was. */
export const fileCursor = (path: string): CursorStore => ({
  load: () => (existsSync(path) ? readFileSync(path, "utf8").trim() : undefined),
  save(cursor) {
    // Whole or not at all.
    writeFileSync(`${path}.new`, cursor, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  },
});
