import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../platform/embedded/free-port.js";
import { AppError } from "../../schema/errors.js";
import { runCommand } from "./command.js";

const entry = fileURLToPath(new URL("../galen.js", import.meta.url));

interface LogEntry { event: string; kind?: string; subject?: string; code?: string }

/** The demo's custodians: a process and a folder each. Nobody else reaches their keys. */
export interface Custodians {
  readonly names: readonly string[];
  readonly threshold: number;
  /** Makes their keys. @returns the file that tells the platform of them */
  tell(): Promise<string>;
  /** @throws Error when one does not come up */
  start(chain: { rpcUrl: string; deploymentFile: string }): Promise<void>;
  /** Ends the last one that still runs. */
  stopOne(): Promise<void>;
  /** What each wrote down, checked against its key. */
  logs(): Promise<LogEntry[][]>;
  stop(): Promise<void>;
}

/** How long one may take to start, in ms. */
const patienceMs = 30_000;

/** @param options.threshold - "2-of-3". @throws AppError BAD_INPUT */
export function createCustodians(options: { folder: string; threshold: string; signal: AbortSignal }): Custodians {
  const [, t = 0, n = 0] = (/^(\d)-of-(\d)$/.exec(options.threshold) ?? []).map(Number);
  if (t < 2 || n < t) throw new AppError("BAD_INPUT", "--threshold is like 2-of-3: two custodians or more must agree.");
  const names = Array.from({ length: n }, (_, index) => `custodian-${index + 1}`);
  const home = (name: string): string => join(options.folder, name);
  const urls = new Map<string, string>();
  const flags = (name: string): string[] => ["--home", home(name), "--name", name, "--url", urls.get(name) ?? ""];
  const running: ChildProcess[] = [];
  const end = async (child: ChildProcess | undefined): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    await ended;
  };
  return {
    names,
    threshold: t,
    async tell() {
      await mkdir(options.folder, { recursive: true });
      for (const name of names) urls.set(name, `http://127.0.0.1:${await freePort()}`);
      const custodians = await Promise.all(names.map((name) => runCommand(["custodian", "identity", ...flags(name)], { signal: options.signal })));
      const file = join(options.folder, "custodians.json");
      await writeFile(file, JSON.stringify({ threshold: t, custodians }));
      return file;
    },
    async start({ rpcUrl, deploymentFile }) {
      await Promise.all(names.map(async (name) => {
        const url = urls.get(name) ?? "";
        const child = spawn(process.execPath, [entry, "custodian", "start", ...flags(name), "--port", new URL(url).port, "--rpc", rpcUrl, "--deployment", deploymentFile], { stdio: ["ignore", "ignore", "pipe"] });
        running.push(child);
        let complaint = "";
        child.stderr.on("data", (text: Buffer) => (complaint = `${complaint}${text.toString()}`.slice(-8_192)));
        for (const late = Date.now() + patienceMs; !(await fetch(url).then((answer) => answer.ok, () => false)); ) {
          options.signal.throwIfAborted();
          if (child.exitCode !== null || Date.now() > late) throw new Error(`${name} does not start: ${complaint}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }));
    },
    stopOne: () => end(running.pop()),
    logs: () => Promise.all(names.map(async (name) => {
      const entries: LogEntry[] = [];
      await runCommand(["custodian", "log", ...flags(name)], { signal: options.signal, onLine: (line) => entries.push(line as LogEntry) });
      return entries;
    })),
    async stop() {
      await Promise.all(running.map(end));
    },
  };
}
