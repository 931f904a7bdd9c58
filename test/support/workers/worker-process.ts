import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../platform/embedded/free-port.js";

export interface WorkerProcess {
  readonly child: ChildProcess;
  /** All that it has written so far. */
  output(): string;
  /** SIGKILL: no chance to put anything in order. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code. */
  stop(): Promise<number | null>;
  /** @returns the exit code, once it has ended by itself. */
  ended(): Promise<number | null>;
}

const main = fileURLToPath(new URL("../../../workers/main.js", import.meta.url));

/** Starts a real workers process. @param ready - wait until it says that it is ready. @param flags - of Node */
export async function workerProcess(env: Readonly<Record<string, string>>, ready = true, flags: readonly string[] = []): Promise<WorkerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [...flags, main], { env: { PATH: process.env["PATH"] ?? "", HEALTH_PORT: String(port), ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const exited = once(child, "exit") as Promise<[number | null]>;
  const end = async (signal: NodeJS.Signals | null): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      if (signal !== null) child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  if (ready) {
    for (let i = 0; ; i++) {
      const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
      if (answer?.ok) break;
      if (i > 300 || child.exitCode !== null) {
        child.kill("SIGKILL");
        throw new Error(`The workers process did not become ready:\n${output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    child,
    output: () => output,
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
    ended: () => end(null),
  };
}

/** Asks every 25 ms until the answer is neither false nor null. @throws Error with `what` after `timeoutMs`. */
export async function until<T>(what: string, ask: () => Promise<T | false | null>, timeoutMs = 20_000): Promise<T> {
  for (const end = Date.now() + timeoutMs; ; ) {
    const answer = await ask();
    if (answer !== false && answer !== null) return answer;
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
