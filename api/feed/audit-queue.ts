import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import { decodeCursor, encodeCursor } from "../paging/cursor.js";
import { ChangeKind } from "../types/states.js";

/**
 * Where a follower of the queue stands: at feed number `seq`; with `position`, still in the snapshot taken at `seq`, after the listing
 * whose Listed event has that number.
 */
export interface QueuePlace {
  seq: bigint;
  position: bigint | null;
}

export interface QueueChange {
  kind: ChangeKind;
  listingId: string;
  cursor: string;
}

const scope = "auditQueue";

export const queueCursor = (key: Uint8Array, { seq, position }: QueuePlace): string => encodeCursor(key, scope, [seq.toString(), position === null ? null : position.toString()]);

/** @throws AppError CURSOR_INVALID */
export function readQueueCursor(key: Uint8Array, cursor: string): QueuePlace {
  const [seq, position] = decodeCursor(key, scope, cursor);
  if (typeof seq !== "string") throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
  return { seq: BigInt(seq), position: typeof position === "string" ? BigInt(position) : null };
}

/**
 * The last event that decided a listing's status, as the feed had told it up to a number: reverted ones do not count.
 * Told by the feed alone, so that a resumed follower is told what an unbroken one was.
 */
const decidedBy = (listing: string, upTo: string): string => `
  select e.name, e.seq from market_event e
  where e.listing_id = ${listing} and e.seq <= ${upTo} and e.op = 'APPLY' and e.invalid_reason is null
    and e.name in ('Listed', 'Approved', 'Rejected', 'ApprovalRevoked', 'Delisted')
    and not exists (select from market_event r where r.reverts = e.seq and r.seq <= ${upTo})
  order by e.seq desc limit 1`;

/**
 * The listings that waited at feed number `place.seq`, after `place.position`, in the order of their Listed events. One statement, so one
 * state of the database; `null` takes the newest.
 */
export async function readQueueSnapshot(database: DataSource, place: QueuePlace | null): Promise<{ seq: bigint; waiting: { listingId: string; position: bigint }[] }> {
  const rows = (await database.query(
    `with at as (select coalesce($1::bigint, last_seq) as seq from feed_counter where id = 1),
     candidate as (
       select l.id from listing l where l.to_block is null and l.status = 'PENDING'
       union select m.listing_id from market_event m, at where m.seq > at.seq and m.listing_id is not null
     )
     select at.seq as at, c.id, d.seq as position from at left join candidate c on true
     left join lateral (${decidedBy("c.id", "at.seq")}) d on d.name = 'Listed' and d.seq > $2::bigint
     order by d.seq`,
    [place === null ? null : place.seq.toString(), (place?.position ?? 0n).toString()],
  )) as { at: string; id: string | null; position: string | null }[];
  const waiting = rows.flatMap(({ id, position }) => (id === null || position === null ? [] : [{ listingId: id, position: BigInt(position) }]));
  return { seq: BigInt(rows[0]?.at ?? 0), waiting };
}

/** An event of the feed and what it did to the queue; `kind` is null where it did nothing. */
export interface QueueEvent {
  seq: bigint;
  listingId: string | null;
  kind: ChangeKind | null;
}

/** @returns the feed's entries after a number with what each did to the queue. */
export async function readQueueEvents(database: DataSource, after: bigint, limit: number): Promise<QueueEvent[]> {
  const rows = (await database.query(
    `select m.seq, m.listing_id, coalesce(before.name = 'Listed', false) as was, coalesce(now.name = 'Listed', false) as is
     from (select seq, listing_id from market_event where seq > $1 order by seq limit $2) m
     left join lateral (${decidedBy("m.listing_id", "m.seq - 1")}) before on m.listing_id is not null
     left join lateral (${decidedBy("m.listing_id", "m.seq")}) now on m.listing_id is not null
     order by m.seq`,
    [after.toString(), limit],
  )) as { seq: string; listing_id: string | null; was: boolean; is: boolean }[];
  return rows.map((row) => ({
    seq: BigInt(row.seq),
    listingId: row.listing_id,
    kind: row.was ? (row.is ? ChangeKind.UPDATED : ChangeKind.REMOVED) : row.is ? ChangeKind.ADDED : null,
  }));
}
