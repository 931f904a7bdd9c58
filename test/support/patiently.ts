import { setTimeout as wait } from "node:timers/promises";

/** Longest wait for what must come true in the end, in ms. It is no bound of ours: on a busy machine processes take their time to come back. */
const patienceMs = 300_000;

/** What fails only since the machine is busy, or a service just came back, is tried again, after pauses that double: as a client does it. */
export async function patiently<Result>(work: () => Promise<Result>, longestPauseMs = 5_000): Promise<Result> {
  for (const end = Date.now() + patienceMs, pause = { ms: 100 }; ; pause.ms = Math.min(2 * pause.ms, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await wait(pause.ms);
    }
  }
}
