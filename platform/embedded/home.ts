import { chmodSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AppError } from "../../schema/errors.js";
import { processStart } from "./process-start.js";
import { watchdog } from "./watchdog.js";

/** The folder of one embedded stack, held by this process alone. */
export interface Home {
  readonly path: string;
  /** Notes the pids of the children, so that a later start can stop what a crash (watchdog included) has left behind. */
  readonly noteChildren: (children: readonly { readonly name: string; readonly pid: number }[]) => void;
  /** Gives the folder up; a temporary one is removed. */
  readonly release: () => void;
}

interface Holder {
  readonly pid: number;
  readonly started: string;
}

interface Leftover extends Holder {
  readonly name: string;
}

/**
 * Opens (or makes) a home and locks it. Throws CONFLICT when another process holds it. Children that a crashed predecessor has left
 * running are stopped first: found by pid and start time, so never somebody else's.
 * @param path - the folder; null for a temporary one that the Postgres user can reach, and that vanishes with us.
 */
export async function openHome(path: string | null): Promise<Home> {
  const folder = path === null ? mkdtempSync(join(tmpdir(), "galen-")) : resolve(path);
  // 0711: the Postgres user passes through to its own folder; what is secret lies in folders of mode 0700.
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  chmodSync(folder, 0o711);
  if (path === null) watchdog.removeFolder(folder);
  const lock = join(folder, "lock");
  takeLock(lock, folder);
  const notes = join(folder, "children.json");
  await stopLeftovers(notes);
  return {
    path: folder,
    noteChildren: (children) => {
      const list = children.map(({ name, pid }) => ({ name, pid, started: processStart(pid) ?? "" }));
      writeFileSync(`${notes}.new`, JSON.stringify(list), { mode: 0o600 });
      renameSync(`${notes}.new`, notes);
    },
    release: () => {
      rmSync(notes, { force: true });
      rmSync(lock, { force: true });
      if (path === null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns the process that holds the home, or null. */
export function homeHolder(path: string): number | null {
  const holder = read<Holder>(join(resolve(path), "lock"));
  return holder !== null && processStart(holder.pid) === holder.started ? holder.pid : null;
}

function takeLock(lock: string, folder: string): void {
  const mine = JSON.stringify({ pid: process.pid, started: processStart(process.pid) ?? "" } satisfies Holder);
  const draft = `${lock}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      try {
        // A link appears with its content, or fails: there is never a half-written lock to misread.
        linkSync(draft, lock);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const text = existsSync(lock) ? readFileSync(lock, "utf8") : null;
      const holder = read<Holder>(lock);
      if (holder !== null && processStart(holder.pid) === holder.started) {
        throw new AppError("CONFLICT", `Process ${holder.pid} already runs a stack in ${folder}. Stop it (\`npm run galen -- stop\`), or set GALEN_HOME to another folder.`, { details: { pid: holder.pid } });
      }
      removeStale(lock, text);
    }
    throw new AppError("CONFLICT", `Cannot lock ${folder}: several starts at once. Try again.`);
  } finally {
    unlinkSync(draft);
  }
}

/** Sets the dead holder's lock aside; if a new one was taken meanwhile, that one is put back. */
function removeStale(lock: string, staleText: string | null): void {
  const aside = `${lock}.stale.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(lock, aside);
    if (readFileSync(aside, "utf8") !== staleText) linkSync(aside, lock);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  rmSync(aside, { force: true });
}

async function stopLeftovers(notes: string): Promise<void> {
  const alive = (leftover: Leftover): boolean => leftover.started !== "" && processStart(leftover.pid) === leftover.started;
  const leftovers = (read<Leftover[]>(notes) ?? []).filter(alive);
  for (const { pid, name } of leftovers) signal(pid, name === "postgres" ? "SIGINT" : "SIGTERM");
  for (let waited = 0; waited < 100 && leftovers.some(alive); waited += 1) await new Promise((done) => setTimeout(done, 100));
  for (const leftover of leftovers.filter(alive)) signal(leftover.pid, "SIGKILL");
  rmSync(notes, { force: true });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended.
  }
}

function read<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return null;
  }
}
