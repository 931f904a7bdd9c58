import type { ApiContext } from "../context.js";
import type { MarketEventType } from "../types/chain.js";
import { checkSession } from "./check-session.js";
import { follow } from "./follow.js";
import { newestMarketSeq, readMarketCursor, readMarketEvents, showMarketEvent } from "./market-events.js";
import { stoppable } from "./stoppable.js";

/**
 * Every entry of the feed after a cursor; without one, those from now on.
 * @throws AppError CURSOR_INVALID
 */
export async function followMarket(context: ApiContext, after: string | null | undefined): Promise<AsyncIterableIterator<MarketEventType>> {
  const { database, wakes, keys } = context.deps;
  const from = after === null || after === undefined ? await newestMarketSeq(database) : readMarketCursor(keys.cursor, after);
  return stoppable(async function* (signal) {
    const events = follow({
      wakes,
      feed: "market_event",
      after: from,
      read: (seq, limit) => readMarketEvents(database, seq, limit),
      seqOf: ({ seq }) => seq,
      check: () => checkSession(context),
      signal,
    });
    for await (const event of events) yield showMarketEvent(keys.cursor, event);
  });
}
