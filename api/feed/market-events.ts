import type { DataSource } from "typeorm";
import { MarketEvent } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { hydrate } from "../loaders/hydrate.js";
import { decodeCursor, encodeCursor } from "../paging/cursor.js";
import type { MarketEventType } from "../types/chain.js";
import type { EventOp } from "../types/states.js";

export const marketCursorScope = "marketEvents";

export const marketCursor = (key: Uint8Array, seq: bigint): string => encodeCursor(key, marketCursorScope, [seq.toString()]);

/** @throws AppError CURSOR_INVALID */
export function readMarketCursor(key: Uint8Array, cursor: string): bigint {
  const [seq] = decodeCursor(key, marketCursorScope, cursor);
  if (typeof seq !== "string") throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
  return BigInt(seq);
}

/** @returns the number of the newest entry; 0 before the first. */
export async function newestMarketSeq(database: DataSource): Promise<bigint> {
  const [row] = (await database.query("select last_seq from feed_counter where id = 1")) as { last_seq: string }[];
  return BigInt(row?.last_seq ?? 0);
}

/** @returns the entries after a number, in order. */
export async function readMarketEvents(database: DataSource, after: bigint, limit: number): Promise<MarketEvent[]> {
  const rows = (await database.query("select * from market_event where seq > $1 order by seq limit $2", [after.toString(), limit])) as Record<string, unknown>[];
  return hydrate(database, MarketEvent, rows);
}

export const showMarketEvent = (key: Uint8Array, event: MarketEvent): MarketEventType => ({
  seq: event.seq,
  cursor: marketCursor(key, event.seq),
  op: event.op as EventOp,
  name: event.name,
  block: { number: event.blockNumber, hash: event.blockHash, time: event.blockTime },
  transactionHash: event.transactionHash,
  logIndex: event.logIndex,
  listingId: event.listingId,
  orderId: event.orderId,
  account: event.account,
  payload: event.payload,
  invalidReason: event.invalidReason,
  reverts: event.reverts,
});
