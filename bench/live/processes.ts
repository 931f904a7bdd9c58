import { execFileSync, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "../../platform/embedded/free-port.js";
import { nodeFlags } from "../../platform/embedded/services.js";
import type { TestApi } from "../../test/support/with-api.js";

const file = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Open files that a process of ours may have: as many as the machine lets us ask for. */
export const fileLimit = (): number => {
  const text = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  return text === "unlimited" ? 1_000_000 : Number(text);
};

/** Starts a process with the highest limit of open files. @returns it, and what it says once it is ready. */
async function start<Ready>(name: string, env: NodeJS.ProcessEnv, execArgv: string[] = []): Promise<{ child: ChildProcess; ready: Ready }> {
  // The shell raises the limit and becomes the process.
  const child = fork(file(name), [], { env, execPath: "/bin/sh", execArgv: ["-c", `ulimit -n $(ulimit -Hn); exec "$0" ${execArgv.join(" ")} "$@"`, process.execPath], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return { child, ready: await answerOf<Ready>(child) };
}

export interface BenchServer {
  /** Where the contestant listens. */
  readonly port: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** With the flags that the API has in production; stock graphql-ws without, since it needs more than they allow. Its schema takes memory too: it is there only where it is the contestant. */
export async function startServer(stack: TestApi, which: "ours" | "stock"): Promise<BenchServer> {
  const env = { PATH: process.env["PATH"], ...stack.env, PORT: String(await freePort()), CONTESTANT: which, LOG_LEVEL: "error", MAX_SOCKETS_PER_CLIENT: "1000000" };
  const { child, ready } = await start<{ port: number }>("server", env, [...(which === "ours" ? nodeFlags.api! : []), "--expose-gc"]);
  return { port: ready.port, child, stop: () => end(child) };
}

export interface Usage {
  /** Bytes. */
  rss: number;
  cpuMicroseconds: number;
}

export interface Report {
  received: number;
  closed: number;
  p50: number | null;
  p99: number | null;
}

export class Subscribers {
  readonly #child: ChildProcess;
  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Not more than one process can hold of them. */
  static async open(options: { port: number; count: number; groups: number; query: string }): Promise<Subscribers> {
    const subscribers = new Subscribers((await start("subscribers", { PATH: process.env["PATH"] })).child);
    await ask(subscribers.#child, { open: options });
    return subscribers;
  }

  begin(): void {
    this.#child.send({ begin: true });
  }

  report(): Promise<Report> {
    return ask<Report>(this.#child, { report: true });
  }

  async close(): Promise<void> {
    await end(this.#child);
  }
}

/** @returns the process's next message. */
export async function ask<Answer>(child: ChildProcess, order: object | string): Promise<Answer> {
  const answer = answerOf<Answer>(child);
  child.send(order);
  return answer;
}

function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${child.spawnargs.at(-1)} ended with ${code} before it answered.`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message as Answer);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
