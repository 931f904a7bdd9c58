import type { DataSource, EntityManager } from "typeorm";
import { AuditLease } from "../../schema/entities/index.js";
import { hydrate } from "../loaders/hydrate.js";

export type AuditChange = "CLAIMED" | "RENEWED" | "RELEASED" | "EXPIRED" | "REASSIGNED" | "ENDED" | "PRIORITISED";

/** One listing's leases, while its row is locked. */
export interface OpenCase {
  readonly manager: EntityManager;
  readonly priority: number;
  /** Those that still hold; the expired ones are gone. */
  readonly leases: readonly AuditLease[];
  /** Notes what was changed; written to the platform's feed with the state after all changes. */
  readonly tell: (change: AuditChange, account: string | null) => void;
}

/**
 * Changes a listing's leases, one at a time: its row is locked from the first statement to the commit. Leases past their time, and of auditors who have voted, are ended first.
 * Each change told becomes an entry of `app.activity`, with all leases of the listing as they are after it; so the feed alone tells the state.
 */
export async function changeCase<Result>(database: DataSource, listingId: string, work: (open: OpenCase) => Promise<Result>): Promise<Result> {
  return database.transaction(async (manager) => {
    const [row] = (await manager.query("insert into app.audit_case as c (listing_id) values ($1) on conflict (listing_id) do update set priority = c.priority returning priority", [listingId])) as { priority: number }[];
    const told: { change: AuditChange; account: string | null }[] = [];
    // The clock and not now(): we may have waited for the lock.
    const [expired] = (await manager.query("delete from app.audit_lease where listing_id = $1 and expires_at <= clock_timestamp() returning auditor", [listingId])) as [{ auditor: string }[], number];
    for (const { auditor } of expired) told.push({ change: "EXPIRED", account: auditor });
    // A vote takes one of the listing's seats itself: its auditor's lease must not take another until it is looked at next.
    const [voted] = (await manager.query("delete from app.audit_lease a where listing_id = $1 and exists (select from vote v where v.listing_id = a.listing_id and v.auditor = a.auditor) returning auditor", [listingId])) as [{ auditor: string }[], number];
    for (const { auditor } of voted) told.push({ change: "ENDED", account: auditor });
    const rows = (await manager.query("select * from app.audit_lease where listing_id = $1 order by slot", [listingId])) as Record<string, unknown>[];
    const result = await work({
      manager,
      priority: row!.priority,
      leases: hydrate(database, AuditLease, rows),
      tell: (change, account) => told.push({ change, account }),
    });
    for (const { change, account } of told) await manager.query(insertActivity, [account, listingId, change]);
    return result;
  });
}

/** Last in the transaction: the feed's counter stays locked until the commit. */
const insertActivity = `
  insert into app.activity (kind, account, listing_id, payload)
  select 'AUDIT', $1, $2, jsonb_build_object('change', $3::text, 'priority', c.priority, 'claims', coalesce(
    (select jsonb_agg(jsonb_build_object('slot', l.slot, 'auditor', l.auditor, 'token', l.token::text, 'claimedAt', l.claimed_at, 'expiresAt', l.expires_at) order by l.slot)
     from app.audit_lease l where l.listing_id = $2), '[]'))
  from app.audit_case c where c.listing_id = $2`;
