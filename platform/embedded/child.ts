import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readSync, fstatSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AppError, type ErrorCode } from "../../schema/errors.js";
import { watchdog } from "./watchdog.js";

/** Logs above this size are set aside as `.1` when the child starts. */
const LOG_LIMIT_BYTES = 10_000_000;

export interface ChildOptions {
  /** For error messages: "Postgres", "indexer". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child, but for PATH, HOME, TZ, LANG and TMPDIR, which it inherits. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** Written to standard input, which is then closed: for secrets that must not stand in the process list. */
  readonly input?: string;
  readonly user?: { readonly uid: number; readonly gid: number } | null;
  /** How this program is asked to end: TERM unless told. */
  readonly stopSignal?: "TERM" | "INT" | "QUIT";
  /** After which it is killed: 10,000 ms unless told. */
  readonly stopTimeoutMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settled once, when the process has ended; never rejected. */
  readonly exited: Promise<Exit>;
  readonly hasExited: () => boolean;
  /** The last lines that it has written since this start. */
  readonly lastLines: (count?: number) => string;
  /** Asks it to end, waits, kills it if it does not. Does nothing when it has ended. */
  readonly stop: () => Promise<void>;
}

/** Only what a program needs to run at all: a process must not see a key that is not its own. */
export function minimalEnv(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "TZ", "LANG", "TMPDIR", "SystemRoot"]) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/**
 * Starts a program in a process group of its own (so that Ctrl-C reaches us alone, and we stop things in order), with its output in a
 * file, watched by the watchdog. Throws INTERNAL when it cannot be started at all.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, command, args, logFile, stopSignal = "TERM", stopTimeoutMs = 10_000 } = options;
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, "a", 0o600);
  const logStart = fstatSync(log).size;

  const child = spawn(command, args, {
    cwd: options.cwd ?? process.cwd(),
    env: { ...minimalEnv(), ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", log, log],
    detached: true,
    ...(options.user ? { uid: options.user.uid, gid: options.user.gid } : {}),
  });
  closeSync(log);
  let ended: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => {
      ended = { code, signal };
      if (child.pid !== undefined) watchdog.remove(child.pid);
      resolve(ended);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(new AppError("INTERNAL", `Cannot start ${name}: ${cause.message}`, { cause })));
  });
  // A child does not keep us alive: a program that forgets one ends, and the watchdog stops it. Who waits for one, waits with a timer.
  child.unref();
  const pid = child.pid as number;
  watchdog.add(pid, stopSignal);
  if (options.input !== undefined) {
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
  }

  const stop = async (): Promise<void> => {
    if (ended) return;
    child.ref();
    child.kill(`SIG${stopSignal}`);
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };
  return { name, pid, exited, hasExited: () => ended !== undefined, lastLines: (count = 12) => lastLines(logFile, logStart, count), stop };
}

/** @returns the last `count` lines of a file behind `from` (bytes), of at most its last 16 kB; "" when there is no file. */
function lastLines(file: string, from: number, count: number): string {
  try {
    const fd = openSync(file, "r");
    try {
      const { size } = fstatSync(fd);
      const start = Math.max(from, size - 16_384);
      const bytes = Buffer.alloc(Math.max(0, size - start));
      readSync(fd, bytes, 0, bytes.length, start);
      return bytes.toString("utf8").trimEnd().split("\n").slice(-count).join("\n");
    } finally {
      closeSync(fd);
    }
  } catch {
    return "";
  }
}

/**
 * Waits until `check` answers true, looking every few milliseconds. Fails with `code`, and the child's last lines, when the child
 * ends or the time is over; the child is then stopped.
 */
export async function waitUntilReady(child: Child, code: ErrorCode, check: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  let pause = 10;
  let cause: unknown;
  for (;;) {
    if (child.hasExited()) {
      const { code: exitCode, signal } = await child.exited;
      const how = signal === null ? `exit code ${exitCode}` : signal;
      throw new AppError(code, `${child.name} ended while starting (${how}). Its last words:\n${child.lastLines()}`);
    }
    try {
      if (await check()) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > end) {
      const words = child.lastLines();
      await child.stop();
      throw new AppError(code, `${child.name} was not ready after ${timeoutMs / 1000} s. Its last words:\n${words}`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 1.5, 200);
  }
}
