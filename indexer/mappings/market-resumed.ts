import type { Mapping } from "../mapping.js";
import { marketBefore } from "./market.js";

/** MarketResumed → the pause was ended early. */
export const marketResumed: Mapping<"MarketResumed"> = {
  reads: () => ({ market: true }),
  subjects: () => ({}),
  apply({ args: { time } }, state) {
    const before = marketBefore(state);
    if (before.pausedAt === null) return "MARKET_STATUS";
    return [{ table: "market", row: { ...before, pausedAt: null, pausedUntil: null, stopped: before.stopped + time - before.pausedAt } }];
  },
};
