import type { DataSource } from "typeorm";
import { MarketEvent } from "../../schema/entities/index.js";
import { marketCursor, type Finality } from "../live/market-cursor.js";
import { hydrate } from "../loaders/hydrate.js";
import type { MarketEventType } from "../types/chain.js";
import type { EventOp } from "../types/states.js";

/** @returns the entries after a number, in order. */
export async function readMarketEvents(database: DataSource, after: bigint, limit: number): Promise<MarketEvent[]> {
  const rows = (await database.query("select * from market_event where seq > $1 order by seq limit $2", [after.toString(), limit])) as Record<string, unknown>[];
  return hydrate(database, MarketEvent, rows);
}

export const showMarketEvent = (key: Uint8Array, event: MarketEvent, finality?: Finality): MarketEventType => ({
  seq: event.seq,
  cursor: marketCursor(key, event.seq, finality),
  op: event.op as EventOp,
  name: event.name,
  block: { number: event.blockNumber, hash: event.blockHash, time: event.blockTime },
  transactionHash: event.transactionHash,
  logIndex: event.logIndex,
  logPart: event.logPart,
  listingId: event.listingId,
  orderId: event.orderId,
  account: event.account,
  payload: event.payload,
  invalidReason: event.invalidReason,
  reverts: event.reverts,
});
