import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../galen.js", import.meta.url));

/** What a `galen` command that failed said: its error's code and message. */
export class CommandFailedError extends Error {
  readonly code: string;
  constructor(command: string, code: string, message: string) {
    super(`galen ${command}: ${code}: ${message}`);
    this.name = "CommandFailedError";
    this.code = code;
  }
}

export interface RunOptions {
  /** Kills the process when aborted. */
  signal: AbortSignal;
  /** Kills the process at once, without a chance to say goodbye. */
  cut?: AbortSignal;
  /** Variables of the process beside what a shell needs. */
  env?: Readonly<Record<string, string>>;
  /** Told of each JSON line as it comes. */
  onLine?: (value: unknown) => void;
}

/** Nothing of our own environment reaches the people of the demo but what a shell needs. */
const environment = (): NodeJS.ProcessEnv => Object.fromEntries(["PATH", "HOME", "TMPDIR", "LANG"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

/**
 * Runs a `galen` command as a process of its own, with JSON lines on its standard output.
 * @returns the last line's value.
 * @throws CommandFailedError with the code that the command printed.
 */
export async function runCommand(args: readonly string[], options: RunOptions): Promise<unknown> {
  options.signal.throwIfAborted();
  const child = spawn(process.execPath, [entry, ...args], { env: { ...environment(), ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
  // The process must have ended before this returns: it could still write into a folder that is about to vanish.
  const kill = (): void => void child.kill("SIGTERM");
  options.signal.addEventListener("abort", kill, { once: true });
  options.cut?.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
  let last: unknown;
  let complaint = "";
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    try {
      last = JSON.parse(line);
    } catch {
      return; // a line for people
    }
    options.onLine?.(last);
  });
  child.stderr.on("data", (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-8_192)));
  const linesEnded = new Promise<void>((resolve) => lines.once("close", resolve));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  options.signal.removeEventListener("abort", kill);
  await linesEnded;
  if (code === 0) return last;
  const told = /^([A-Z][A-Z_]+): (.*)$/m.exec(complaint);
  throw new CommandFailedError(args.slice(0, 2).join(" "), told?.[1] ?? "INTERNAL", told?.[2] ?? complaint.trim());
}
