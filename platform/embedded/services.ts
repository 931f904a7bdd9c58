import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../schema/errors.js";
import { startChild, waitUntilReady, type Child } from "./child.js";
import { freePort } from "./free-port.js";

/** A service that lived this long has started well, so its next start is not held back, in ms. */
const STEADY_MS = 60_000;
const MAX_BACK_OFF_MS = 30_000;

/** Our processes: the file that each runs, from the root of the compiled code. */
export const serviceFiles = {
  migrate: "platform/database/main.js",
  deploy: "contracts/script/main.js",
  indexer: "indexer/main.js",
  workers: "workers/main.js",
  api: "api/main.js",
} as const;

export type ServiceName = keyof typeof serviceFiles;

/**
 * Flags of Node for each. V8 lets garbage lie until the heap is several times what lives, and the more so the larger it may become: with 512 MB the API's
 * stays near what it needs. `docker-compose.yml` has the same.
 */
export const nodeFlags: Readonly<Partial<Record<ServiceName, readonly string[]>>> = { api: ["--max-old-space-size=512"] };

export interface ServiceSpec {
  readonly name: ServiceName;
  /** All that it may read: none sees another's keys. */
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface ServicesOptions {
  readonly home: string;
  readonly services: readonly ServiceSpec[];
  /** What to do when one ends: start it again with growing pauses, or give up and say so through `failed`. */
  readonly onExit: "restart" | "fail";
  /** How long each may take until it is ready, in ms: 60,000 unless told. */
  readonly readyTimeoutMs?: number;
  /** Gives the start up. */
  readonly signal?: AbortSignal | undefined;
  /** Told why a service is started again. */
  readonly onRestart?: (reason: string) => void;
  /** Told when there are other processes than before. */
  readonly onChildren?: (children: readonly Child[]) => void;
}

export interface RunningServices {
  /** Address of /health, /ready and /metrics of each. */
  readonly health: Readonly<Partial<Record<ServiceName, string>>>;
  /** Settled when a service has ended and `onExit` is "fail". */
  readonly failed: Promise<AppError>;
  readonly stop: () => Promise<void>;
}

/** Starts our own processes, all at once, and waits until each says it is ready. Throws NOT_READY with the last words of the one that is not. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { home, services, onExit, readyTimeoutMs = 60_000, onRestart, onChildren } = options;
  let reportFailure: (error: AppError) => void = () => undefined;
  const failed = new Promise<AppError>((resolve) => (reportFailure = resolve));
  const current = new Map<ServiceName, Child>();
  let stopping = false;

  const launch = async (spec: ServiceSpec, port: number): Promise<Child> => {
    const child = await startService(home, { ...spec, env: { ...spec.env, HOST: "127.0.0.1", HEALTH_PORT: `${port}` } });
    current.set(spec.name, child);
    onChildren?.([...current.values()]);
    return child;
  };
  const supervise = async (spec: ServiceSpec, port: number, first: Child): Promise<void> => {
    let child = first;
    for (let pause = 500; ; ) {
      const started = Date.now();
      const { code, signal } = await child.exited;
      if (stopping) return;
      const reason = `${spec.name} ended (${signal ?? `exit code ${code}`}). Its last words:\n${child.lastLines()}`;
      if (onExit === "fail") return reportFailure(new AppError("NOT_READY", reason));
      onRestart?.(`${reason}\nStarting ${spec.name} again.`);
      pause = Date.now() - started > STEADY_MS ? 500 : Math.min(pause * 2, MAX_BACK_OFF_MS);
      await new Promise((resolve) => setTimeout(resolve, pause).unref());
      if (stopping) return;
      child = await launch(spec, port);
    }
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all([...current.values()].map((child) => child.stop()));
  };

  const abort = (): void => void stop();
  options.signal?.addEventListener("abort", abort, { once: true });
  const health: Partial<Record<ServiceName, string>> = {};
  try {
    await Promise.all(
      services.map(async (spec) => {
        const port = await freePort();
        const address = `http://127.0.0.1:${port}`;
        const child = await launch(spec, port);
        await waitUntilReady(child, "NOT_READY", () => isReady(address), readyTimeoutMs);
        health[spec.name] = address;
        void supervise(spec, port, child).catch((cause: unknown) => reportFailure(new AppError("NOT_READY", `${spec.name} could not be started again.`, { cause })));
      }),
    );
    options.signal?.throwIfAborted();
  } catch (error) {
    await stop();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
  return { health, failed, stop };
}

/** Runs one of our processes to its end. Throws NOT_READY with its last words when it fails or takes longer than `timeoutMs`. */
export async function runToEnd(home: string, spec: ServiceSpec, timeoutMs = 60_000): Promise<void> {
  const child = await startService(home, spec);
  const timer = setTimeout(() => void child.stop(), timeoutMs);
  const { code, signal } = await child.exited;
  clearTimeout(timer);
  if (code !== 0) throw new AppError("NOT_READY", `${spec.name} failed (${signal ?? `exit code ${code}`}). Its last words:\n${child.lastLines()}`);
}

function startService(home: string, { name, env, args = [] }: ServiceSpec): Promise<Child> {
  // The compiled code that we are part of ourselves: dist/, or another output folder.
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const file = join(root, serviceFiles[name]);
  if (!existsSync(file)) throw new AppError("NOT_READY", `${name} is not compiled (${file} is missing).`);
  return startChild({
    name,
    command: process.execPath,
    args: ["--enable-source-maps", ...(nodeFlags[name] ?? []), file, ...args],
    env,
    logFile: join(home, "logs", `${name}.log`),
    stopTimeoutMs: 20_000,
  });
}

async function isReady(address: string): Promise<boolean> {
  const response = await fetch(`${address}/ready`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
}
