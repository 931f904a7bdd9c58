import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Deployment } from "../../platform/chain/deployment.js";

/** The real `indexer/main.js`, as a process of its own. */
export class IndexerProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly lines: Record<string, unknown>[] = [];

  constructor(options: { databaseUrl: string; rpcUrl: string; deployment: Deployment; finalityDepth: number; production?: boolean; pollIntervalMs?: number }) {
    this.#folder = mkdtempSync(join(tmpdir(), "galen-indexer-"));
    const file = join(this.#folder, "deployment.json");
    writeFileSync(file, JSON.stringify(options.deployment));
    this.#child = spawn(process.execPath, [fileURLToPath(new URL("../../indexer/main.js", import.meta.url))], {
      env: {
        PATH: process.env["PATH"],
        NODE_ENV: options.production ? "production" : "test",
        DATABASE_URL: options.databaseUrl,
        RPC_URL: options.rpcUrl,
        DEPLOYMENT_FILE: file,
        FINALITY_DEPTH: `${options.finalityDepth}`,
        POLL_INTERVAL_MS: `${options.pollIntervalMs ?? 10}`,
        CONNECT_TIMEOUT_MS: "10000",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let rest = "";
    const read = (chunk: Buffer): void => {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop()!;
      for (const part of parts) if (part.startsWith("{")) this.lines.push(JSON.parse(part) as Record<string, unknown>);
    };
    this.#child.stdout!.on("data", read);
    this.#child.stderr!.on("data", read);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  said(message: string): Record<string, unknown> | undefined {
    return this.lines.find(({ msg }) => msg === message);
  }

  /** @returns the answer of the health server: status and body. Throws while the process is not started. */
  async get(path: string): Promise<{ status: number; body: string }> {
    const port = this.said("started")?.["port"];
    if (port === undefined) throw new Error("The indexer has not started yet.");
    const response = await fetch(`http://127.0.0.1:${port as number}${path}`);
    return { status: response.status, body: await response.text() };
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
      await once(this.#child, "exit");
    }
    rmSync(this.#folder, { recursive: true, force: true });
    return this.#child.exitCode;
  }
}
