import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Reads a secret, or makes it the first time: mode 0600, written whole or not at all, never overwritten.
 * @param make - 32 random bytes in hex unless told.
 */
export function secretFile(path: string, make: () => string = () => randomBytes(32).toString("hex")): string {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
    const fd = openSync(draft, "wx", 0o600);
    writeSync(fd, make());
    fsyncSync(fd);
    closeSync(fd);
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      unlinkSync(draft);
    }
  }
  return readFileSync(path, "utf8").trim();
}
