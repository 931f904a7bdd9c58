import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes a folder of this process' own below the system's temporary one. Whoever makes it removes it; where the process was killed, the next start does. */
export const makeTemporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `galen-${name}-${process.pid}-`));

/** Removes what processes that are gone have left. @returns how many folders. */
export function clearAbandoned(name: string, folder: string = tmpdir()): number {
  const own = new RegExp(`^galen-${name}-(\\d+)-[^-]+$`);
  const abandoned = readdirSync(folder).filter((each) => {
    const pid = own.exec(each)?.[1];
    return pid !== undefined && !isRunning(Number(pid));
  });
  for (const each of abandoned) rmSync(join(folder, each), { recursive: true, force: true });
  return abandoned.length;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not ours to signal, but there.
    return (error as { code?: string }).code === "EPERM";
  }
}
