import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @returns a folder for `bytes` of files, in memory where there is room: the disk is not what is compared. */
export async function makeScratch(bytes: number): Promise<{ folder: string; inMemory: boolean; remove: () => Promise<void> }> {
  const inMemory = await statfs("/dev/shm").then(({ bavail, bsize }) => bavail * bsize > bytes, () => false);
  const folder = await mkdtemp(join(inMemory ? "/dev/shm" : tmpdir(), "galen-bench-"));
  return { folder, inMemory, remove: () => rm(folder, { recursive: true, force: true }) };
}
