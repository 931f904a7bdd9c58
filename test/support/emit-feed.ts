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

/** Appends to the market's feed as the indexer does: numbers from the locked counter, in one transaction. @returns the numbers. */
export async function emitFeed(database: DataSource, rows: readonly FeedRow[]): Promise<string[]> {
  return database.transaction(async (manager) => {
    const [[counter]] = (await manager.query("update feed_counter set last_seq = last_seq + $1 where id = 1 returning last_seq", [rows.length])) as [{ last_seq: string }[], number];
    const first = BigInt(counter!.last_seq) - BigInt(rows.length) + 1n;
    const seqs = rows.map((_row, index) => (first + BigInt(index)).toString());
    await manager.query(
      `insert into market_event (seq, op, name, block_number, block_hash, block_time, transaction_hash, log_index, log_part, listing_id, order_id, account, payload, reverts)
       select r.seq, r.op, r.name, coalesce(r.block_number, (select height from chain_status)), r.hash, now(), r.hash, 0, 0, r.listing_id, r.order_id, r.account, r.payload, r.reverts
       from jsonb_to_recordset($1::jsonb) as r(seq bigint, op text, name text, block_number integer, hash text, listing_id text, order_id text, account text, payload jsonb, reverts bigint)`,
      [
        JSON.stringify(
          rows.map((row, index) => ({
            seq: seqs[index],
            op: row.op ?? "APPLY",
            name: row.name,
            block_number: row.blockNumber ?? null,
            hash: hash(),
            listing_id: row.listingId ?? null,
            order_id: row.orderId ?? null,
            account: row.account ?? null,
            payload: row.payload ?? {},
            reverts: row.reverts ?? null,
          })),
        ),
      ],
    );
    return seqs;
  });
}
