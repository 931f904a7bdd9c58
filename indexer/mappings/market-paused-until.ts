import type { Mapping } from "../mapping.js";
import { unixTime } from "../unix-time.js";
import { marketBefore } from "./market.js";

/** MarketPausedUntil → a pause begins; one before it that ended by itself is accounted for now, as the contract does. */
export const marketPausedUntil: Mapping<"MarketPausedUntil"> = {
  reads: () => ({ market: true }),
  subjects: () => ({}),
  apply({ args: { until }, blockTime }, state) {
    const before = marketBefore(state);
    const ended = before.pausedAt === null || before.pausedUntil === null ? 0n : before.pausedUntil - before.pausedAt;
    return [{ table: "market", row: { ...before, pausedAt: unixTime(blockTime), pausedUntil: until, stopped: before.stopped + ended } }];
  },
};
