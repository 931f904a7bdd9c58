import { classifyError } from "./classify-error.js";

/** How long a shutdown may take before the process ends anyway, in ms. */
const shutdownLimitMs = 15_000;

/** Collects what must be closed; closes in reverse order, once. */
export class Shutdown {
  readonly #steps: { name: string; close: () => Promise<unknown> | void }[] = [];
  readonly #controller = new AbortController();

  /** Aborted when the shutdown begins. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  add(name: string, close: () => Promise<unknown> | void): void {
    this.#steps.push({ name, close });
  }

  async run(): Promise<void> {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort();
    for (const { name, close } of this.#steps.reverse()) {
      try {
        await close();
      } catch (error) {
        process.stderr.write(`${JSON.stringify({ level: 40, service: name, msg: "could not be closed cleanly", reason: error instanceof Error ? error.message : String(error) })}\n`);
      }
    }
  }
}

/**
 * Runs one of our processes: `start` builds everything, and registers what must be closed. SIGTERM and SIGINT close it all and end with 0;
 * an error at start is written as one JSON line with its code, and ends with 1.
 */
export async function runService(name: string, start: (shutdown: Shutdown) => Promise<void>): Promise<void> {
  const shutdown = new Shutdown();
  const stop = (exitCode: number): void => {
    setTimeout(() => process.exit(exitCode || 1), shutdownLimitMs).unref();
    void shutdown.run().then(() => process.exit(exitCode));
  };
  process.once("SIGTERM", () => stop(0));
  process.once("SIGINT", () => stop(0));
  const fail = (error: unknown): void => {
    const { code, message, details, cause, stack } = classifyError(error);
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
    process.stderr.write(`${JSON.stringify({ level: 60, service: name, code, msg: message, details, reason, stack: code === "INTERNAL" ? (cause instanceof Error ? cause.stack : stack) : undefined })}\n`);
    stop(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    await start(shutdown);
  } catch (error) {
    fail(error);
  }
}
