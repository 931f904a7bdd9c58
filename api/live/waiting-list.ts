import type { DataSource } from "typeorm";

/**
 * A queue that is told by the market's feed alone: what an event put on it and another takes off. Told by the feed and not by the tables' newest state, so that
 * who resumes is told what an unbroken subscriber was.
 */
export interface WaitingList {
  /** Column of `market_event` that names what waits. */
  readonly subject: "listing_id" | "order_id";
  /** The event that puts it on the list. */
  readonly enters: string;
  /** Those that take it off. */
  readonly leaves: readonly string[];
  /** Ids of what waits now, by the tables. */
  readonly now: string;
}

export const auditList: WaitingList = {
  subject: "listing_id",
  enters: "Listed",
  leaves: ["Approved", "Rejected", "ApprovalRevoked", "Delisted"],
  now: "select l.id from listing l where l.to_block is null and l.status = 'PENDING'",
};

export const disputeList: WaitingList = {
  subject: "order_id",
  enters: "Disputed",
  leaves: ["Settled", "Refunded"],
  now: "select o.id from trade_order o where o.to_block is null and o.status = 'DISPUTED'",
};

/** The last event that decided whether something waits, as the feed had told it up to a number: reverted ones do not count. */
const decidedBy = ({ subject, enters, leaves }: WaitingList, id: string, upTo: string): string => `
  select e.name, e.seq, e.payload from market_event e
  where e.${subject} = ${id} and e.seq <= ${upTo} and e.op = 'APPLY' and e.invalid_reason is null
    and e.name in (${[enters, ...leaves].map((name) => `'${name}'`).join(", ")})
    and not exists (select from market_event r where r.reverts = e.seq and r.seq <= ${upTo})
  order by e.seq desc limit 1`;

/** The platform's entry that tells a listing's claims as of a number. */
const claimsAt = (id: string, upTo: string): string =>
  `select a.payload from app.activity a where a.kind = 'AUDIT' and a.listing_id = ${id} and a.seq <= ${upTo} order by a.seq desc limit 1`;

/** How a thing stood on the list. */
export interface Waiting {
  /** Number of the event that put it there. */
  position: bigint;
  /** Of that event. */
  payload: Record<string, unknown>;
  /** Payload of the platform's last entry about it; null before the first. */
  claims: Record<string, unknown> | null;
}

/**
 * What waited at a place, after a position, in the order in which it came. One statement, so one state of the database.
 * @param at - null takes the newest.
 */
export async function readWaiting(database: DataSource, list: WaitingList, at: { head: bigint; activity: bigint; position: bigint | null } | null): Promise<{ head: bigint; activity: bigint; waiting: ({ id: string } & Waiting)[] }> {
  const rows = (await database.query(
    `with at as (select coalesce($1::bigint, f.last_seq) as head, coalesce($2::bigint, a.last_seq) as activity from feed_counter f, app.activity_counter a where f.id = 1 and a.id = 1),
     candidate as (${list.now} union select m.${list.subject} from market_event m, at where m.seq > at.head and m.${list.subject} is not null)
     select at.head, at.activity, c.id, d.seq as position, d.payload, k.payload as claims from at left join candidate c on true
     left join lateral (${decidedBy(list, "c.id", "at.head")}) d on d.name = '${list.enters}' and d.seq > $3::bigint
     left join lateral (${claimsAt("c.id", "at.activity")}) k on true
     order by d.seq`,
    [at?.head.toString() ?? null, at?.activity.toString() ?? null, (at?.position ?? 0n).toString()],
  )) as { head: string; activity: string; id: string | null; position: string | null; payload: Record<string, unknown>; claims: Record<string, unknown> | null }[];
  const waiting = rows.flatMap(({ id, position, payload, claims }) => (id === null || position === null ? [] : [{ id, position: BigInt(position), payload, claims }]));
  return { head: BigInt(rows[0]?.head ?? 0), activity: BigInt(rows[0]?.activity ?? 0), waiting };
}

/** How something stood before and after an entry of either feed; null: it did not wait. */
export interface Stood {
  before: Waiting | null;
  after: Waiting | null;
  /** The last of the platform's numbers up to the one asked that is an auditor's doing; 0 before the first. */
  audit: bigint;
}

/** @param asked - a thing, the market's numbers before and after, and the platform's number after. @returns in the same order. */
export async function readStood(database: DataSource, list: WaitingList, asked: readonly { id: string; before: bigint; after: bigint; activity: bigint }[]): Promise<Stood[]> {
  if (asked.length === 0) return [];
  const rows = (await database.query(
    `select b.seq as b_seq, b.payload as b_payload, n.seq as n_seq, n.payload as n_payload, k.payload as claims,
       (select max(a.seq) from app.activity a where a.kind = 'AUDIT' and a.seq <= q.activity_seq) as audit
     from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality as q(id, before_seq, after_seq, activity_seq, place)
     left join lateral (${decidedBy(list, "q.id", "q.before_seq")}) b on b.name = '${list.enters}'
     left join lateral (${decidedBy(list, "q.id", "q.after_seq")}) n on n.name = '${list.enters}'
     left join lateral (${claimsAt("q.id", "q.activity_seq")}) k on true
     order by q.place`,
    [asked.map(({ id }) => id), asked.map(({ before }) => before.toString()), asked.map(({ after }) => after.toString()), asked.map(({ activity }) => activity.toString())],
  )) as { b_seq: string | null; b_payload: Record<string, unknown>; n_seq: string | null; n_payload: Record<string, unknown>; claims: Record<string, unknown> | null; audit: string | null }[];
  return rows.map(({ b_seq, b_payload, n_seq, n_payload, claims, audit }) => ({
    audit: BigInt(audit ?? 0),
    before: b_seq === null ? null : { position: BigInt(b_seq), payload: b_payload, claims },
    after: n_seq === null ? null : { position: BigInt(n_seq), payload: n_payload, claims },
  }));
}
