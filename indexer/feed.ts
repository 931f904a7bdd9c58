import { plainCells, type Sql } from "./copy-rows.js";
import { insertOf, type Insert } from "./insert-rows.js";
import type { FeedEntry } from "./projection.js";
import { feedColumns } from "./tables.js";

const feedCells = plainCells(feedColumns);

/**
 * Takes `count` numbers of the feed. The counter's row stays locked until the transaction ends, so numbers are
 * gap-free and in the order of commits.
 * @returns the first of them.
 */
async function takeNumbers(sql: Sql, count: number): Promise<bigint> {
  const { rows } = await sql.query<{ last: string }>("update public.feed_counter set last_seq = last_seq + $1 where id = 1 returning last_seq as last", [count]);
  return BigInt(rows[0]!.last) - BigInt(count) + 1n;
}

/** An event's payload as JSON text; bigints as decimal strings, as JSON numbers lose digits. */
const feedPayload = ({ event }: FeedEntry): string => json(event.args ?? event.raw);

/** Texts that JSON needs not escape: hex, almost always. */
const simpleText = /^\w*$/;

/** `JSON.stringify` with bigints: in one pass and without a copy, since a backfill spends its time here. */
function json(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return `"${value}"`;
    case "string":
      return simpleText.test(value) ? `"${value}"` : JSON.stringify(value);
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
      let text = "";
      for (const name in value) text += `${text === "" ? "" : ","}"${name}":${json((value as Record<string, unknown>)[name])}`;
      return `{${text}}`;
    }
    default:
      return String(value);
  }
}

/** @returns the rows that tell applied events, each under the next number. */
export async function toldRows(sql: Sql, entries: readonly FeedEntry[]): Promise<Insert> {
  const first = await takeNumbers(sql, entries.length);
  const rows = entries.map((entry, index) => {
    const { name, blockNumber, blockHash, blockTime, transactionHash, logIndex, logPart } = entry.event;
    const { listingId = null, orderId = null, account = null } = entry.subjects;
    const { invalidReason } = entry;
    const seq = first + BigInt(index);
    return { seq, op: "APPLY", name, blockNumber, blockHash, blockTime, transactionHash, logIndex, logPart, listingId, orderId, account, payload: feedPayload(entry), invalidReason, reverts: null };
  });
  return insertOf("public.market_event", feedCells, rows);
}

/**
 * Takes back every event told above `block` that is not taken back yet: a REVERT row for each, the newest first.
 * @returns how many.
 */
export async function appendReverted(sql: Sql, block: number): Promise<number> {
  const { rows } = await sql.query<{ count: string }>(`select count(*) as count from public.market_event m where ${standing}`, [block]);
  const count = Number(rows[0]!.count);
  if (count === 0) return 0;
  const first = await takeNumbers(sql, count);
  await sql.query(
    `insert into public.market_event
       (seq, op, name, block_number, block_hash, block_time, transaction_hash, log_index, log_part, listing_id, order_id, account, payload, invalid_reason, reverts)
     select $2::bigint + row_number() over (order by m.seq desc) - 1, 'REVERT', m.name, m.block_number, m.block_hash, m.block_time, m.transaction_hash, m.log_index, m.log_part,
       m.listing_id, m.order_id, m.account, m.payload, m.invalid_reason, m.seq
     from public.market_event m where ${standing}`,
    [block, first.toString()],
  );
  return count;
}

const standing = "m.block_number > $1 and m.op = 'APPLY' and not exists (select from public.market_event r where r.reverts = m.seq)";
