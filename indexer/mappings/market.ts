import type { MarketFacts, State } from "../rows.js";

/** Key of the one row of the market. */
export const marketId = "MARKET";

/** @returns the market before an event; as it was deployed if nothing was told of it yet. */
export const marketBefore = (state: State): MarketFacts => state.market() ?? { id: marketId, authority: null, pausedAt: null, pausedUntil: null, stopped: 0n };
