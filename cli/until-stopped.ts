/** Signals that ask us to end, with the exit code that shells give them. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface StopRequest {
  /** Aborted when somebody asks us to end. */
  readonly signal: AbortSignal;
  /** Settled with the exit code when somebody asks us to end. */
  readonly requested: Promise<number>;
}

/** Turns Ctrl-C and the like into an orderly stop. A second one ends this process at once (the watchdog then stops the children). */
export function stopRequest(): StopRequest {
  const controller = new AbortController();
  const requested = new Promise<number>((resolve) => {
    for (const [name, code] of Object.entries(exitCodes) as [NodeJS.Signals, number][]) {
      process.on(name, () => {
        if (controller.signal.aborted) process.exit(code);
        controller.abort(new Error(`Stopped by ${name}.`));
        resolve(code);
      });
    }
  });
  return { signal: controller.signal, requested };
}

/** Keeps this process alive until `event` comes: promises alone do not. */
export async function keepAlive<T>(event: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, 60_000);
  try {
    return await event;
  } finally {
    clearInterval(timer);
  }
}
