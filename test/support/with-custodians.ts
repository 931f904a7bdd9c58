import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openIdentity } from "../../custodian/identity.js";
import { verifyLog, type LogEntry } from "../../custodian/log.js";
import { freePort } from "../../platform/embedded/free-port.js";
import type { Custodian } from "../../schema/custody.js";

const galen = fileURLToPath(new URL("../../cli/galen.js", import.meta.url));

export interface TestCustodians {
  readonly told: readonly Custodian[];
  /** CUSTODIANS_FILE of the api. */
  readonly file: string;
  start(index: number, chain: { rpcUrl: string; deploymentFile: string }, ...options: string[]): Promise<void>;
  stop(index: number): Promise<void>;
  /** Its log, held to its key. */
  log(index: number): LogEntry[];
  home(index: number): string;
  /** Ends all. */
  end(): Promise<void>;
}

/** Real custodian processes, with homes of their own; their keys are made here, their start needs a chain. */
export async function withCustodians(count: number, threshold: number): Promise<TestCustodians> {
  const folder = mkdtempSync(join(tmpdir(), "galen-custodians-"));
  const home = (index: number): string => join(folder, `c${index}`);
  const told: Custodian[] = [];
  for (let index = 0; index < count; index++) told.push((await openIdentity(home(index), { name: `c${index}`, url: `http://127.0.0.1:${await freePort()}` })).told);
  const file = join(folder, "custodians.json");
  writeFileSync(file, JSON.stringify({ threshold, custodians: told }));
  const running = new Map<number, ChildProcess>();
  const stop = async (index: number): Promise<void> => {
    const child = running.get(index);
    running.delete(index);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return {
    told,
    file,
    home,
    stop,
    async start(index, { rpcUrl, deploymentFile }, ...options) {
      const { name, url } = told[index] as Custodian;
      const args = [galen, "custodian", "start", "--home", home(index), "--name", name, "--url", url, "--port", new URL(url).port, "--rpc", rpcUrl, "--deployment", deploymentFile, ...options];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
      running.set(index, child);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
      for (let i = 0; !(await fetch(url).then((answer) => answer.ok, () => false)); i++) {
        if (i > 600 || child.exitCode !== null) throw new Error(`Custodian ${name} does not start:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    log: (index) => verifyLog(readFileSync(join(home(index), "log.jsonl"), "utf8"), Buffer.from(told[index]?.publicKey ?? "", "base64")).entries,
    async end() {
      await Promise.all([...running.keys()].map(stop));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
