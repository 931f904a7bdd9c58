import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../galen.js", import.meta.url));

export interface StackProcess {
  home: string;
  urls: { api: string; rpc: string; postgres: string };
  /** Rejects when the stack ends by itself. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

/** Runs `galen stack` beside us: the whole platform, in a folder that vanishes. It ends when our end of its standard input does. */
export async function startStackProcess(options: { registrar: string; treasurer: string; assigned: boolean; custodians?: string | undefined; onProgress: (line: string) => void; signal: AbortSignal }): Promise<StackProcess> {
  const child = spawn(process.execPath, [entry, "stack", "--registrar", options.registrar, "--treasurer", options.treasurer, ...(options.assigned ? ["--assigned"] : []), ...(options.custodians === undefined ? [] : ["--custodians", options.custodians])], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  createInterface({ input: child.stderr }).on("line", (line) => {
    complaint = `${complaint}${line}\n`.slice(-8_192);
    options.onProgress(line);
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  // Ctrl-C reaches the stack through the terminal too; through a signal to us alone it does not.
  options.signal.addEventListener("abort", () => child.stdin.end(), { once: true });
  const failed = ended.then((code): never => {
    throw new Error(`The stack ended by itself (exit code ${code}):\n${complaint.trim()}`);
  });
  failed.catch(() => undefined); // whoever races it sees the same
  const ready = new Promise<Pick<StackProcess, "home" | "urls">>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => resolve(JSON.parse(line) as Pick<StackProcess, "home" | "urls">));
  });
  const { home, urls } = await Promise.race([ready, failed]);
  return { home, urls, failed, stop };
}
