import { randomBytes } from "node:crypto";
import type { DataSource } from "typeorm";

export interface FeedRow {
  name: string;
  op?: "APPLY" | "REVERT";
  reverts?: string;
  listingId?: string | null;
  orderId?: string | null;
  account?: string | null;
  payload?: object;
  /** The index's newest if left out. */
  blockNumber?: number;
}

const hash = (): string => `0x${randomBytes(32).toString("hex")}`;

/** Appends to the market's feed as the indexer does: numbers from the locked counter, in the same transaction; in one statement, so that it is committed soon. @returns the numbers. */
export async function emitFeed(database: DataSource, rows: readonly FeedRow[]): Promise<string[]> {
  const inserted = (await database.query(
    `with counter as (update feed_counter set last_seq = last_seq + jsonb_array_length($1::jsonb) where id = 1 returning last_seq - jsonb_array_length($1::jsonb) as before)
     insert into market_event (seq, op, name, block_number, block_hash, block_time, transaction_hash, log_index, log_part, listing_id, order_id, account, payload, reverts)
     select c.before + r.place, coalesce(r.op, 'APPLY'), r.name, coalesce(r.block_number, (select height from chain_status)), r.hash, now(), r.hash, 0, 0, r.listing_id, r.order_id, r.account, coalesce(r.payload, '{}'), r.reverts
     from counter c, rows from (jsonb_to_recordset($1::jsonb) as (op text, name text, block_number integer, hash text, listing_id text, order_id text, account text, payload jsonb, reverts bigint))
       with ordinality as r(op, name, block_number, hash, listing_id, order_id, account, payload, reverts, place)
     returning seq`,
    [JSON.stringify(rows.map(({ listingId, orderId, blockNumber, ...row }) => ({ ...row, hash: hash(), listing_id: listingId, order_id: orderId, block_number: blockNumber })))],
  )) as { seq: string }[];
  return inserted.map(({ seq }) => seq);
}
