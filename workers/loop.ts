import type { Logger } from "../platform/log.js";
import { classifyError } from "../platform/service/classify-error.js";

export interface Loop {
  /** Something may be to do: turn now, or once more after the turn under way. */
  wake(): void;
  /** Resolves when the turn under way is over. */
  close(): Promise<void>;
}

/** Longest pause after failures in a row, in ms. */
const longestPauseMs = 5_000;

/**
 * Runs `turn` for as long as it says that it moved something, then again on a wake or after `everyMs`. A turn that fails is logged and tried again
 * with growing pauses.
 * @param options.gapMs - from the start of one turn to the start of the next, at least: what comes meanwhile is taken together. A wake after a rest is followed at once.
 */
export function startLoop(options: { name: string; everyMs: number; gapMs?: number; turn: () => Promise<boolean>; log: Logger }): Loop {
  let closed = false;
  let woken = false;
  let failing = false;
  let rouse: (() => void) | undefined;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    for (let failures = 0; !closed; ) {
      woken = false;
      const began = Date.now();
      try {
        const moved = await options.turn();
        failures = 0;
        failing = false;
        if (!moved && !woken && !closed) await pause(options.everyMs);
        const early = (options.gapMs ?? 0) - (Date.now() - began);
        if (early > 0 && !closed) await new Promise((resolve) => setTimeout(resolve, early));
      } catch (error) {
        failures += 1;
        failing = true;
        const { code, message, cause } = classifyError(error);
        options.log.warn({ loop: options.name, failures, code, message, cause: cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined }, "a turn failed");
        // A wake does not shorten this pause: it is there to spare whatever is down.
        if (!closed) await pause(Math.min(longestPauseMs, 100 * 2 ** Math.min(failures, 10)));
      }
      rouse = undefined;
    }
  };
  const done = Promise.resolve().then(run); // later, so that a turn may use what the caller is about to assign
  return {
    wake() {
      woken = true;
      if (!failing) rouse?.();
    },
    async close() {
      closed = true;
      rouse?.();
      await done;
    },
  };
}
