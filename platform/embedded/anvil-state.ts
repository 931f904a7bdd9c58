import { closeSync, copyFileSync, existsSync, fstatSync, openSync, readSync, renameSync, rmSync } from "node:fs";

/** How often a whole state is set aside, in ms. */
const BACKUP_INTERVAL_MS = 5_000;

/**
 * Anvil overwrites its state file in place, so a crash in the middle of that leaves half of one, which it then refuses to start from.
 * Puts the last whole copy in its place, if that has happened.
 * @returns whether it had, and so the chain may have forgotten some seconds.
 */
export function repairState(file: string): boolean {
  if (!existsSync(file) || isWhole(file)) return false;
  rmSync(file);
  if (existsSync(backupOf(file))) copyFileSync(backupOf(file), file);
  return true;
}

/** Sets a whole copy aside every few seconds. @returns how to stop that. */
export function backUpState(file: string): () => void {
  const timer = setInterval(() => {
    try {
      if (!existsSync(file) || !isWhole(file)) return;
      const draft = `${backupOf(file)}.new`;
      copyFileSync(file, draft);
      // It may have been overwritten while we copied.
      if (isWhole(draft)) renameSync(draft, backupOf(file));
    } catch {
      // A full disk, say: the next round tries again, and anvil itself complains in its log.
    }
  }, BACKUP_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

const backupOf = (file: string): string => `${file}.whole`;

/** It is one JSON object, written front to back: whole when it ends with its bracket. */
function isWhole(file: string): boolean {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    const last = Buffer.alloc(1);
    return size > 2 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() === "}";
  } finally {
    closeSync(fd);
  }
}
