import type { DataSource, EntityManager } from "typeorm";
import { AuditLease } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { hydrate } from "../loaders/hydrate.js";
import { readCase, type AuditedListing } from "./read-case.js";

export type AuditChange = "CLAIMED" | "RENEWED" | "RELEASED" | "EXPIRED" | "REASSIGNED" | "ENDED" | "PRIORITISED";

/** One listing's leases, while its row is locked. */
export interface OpenCase {
  readonly manager: EntityManager;
  readonly listingId: string;
  /** As it stood in the same moment as the leases; null: there is none. */
  readonly listing: AuditedListing | null;
  /** Those that still hold; what is over is gone. */
  readonly leases: readonly AuditLease[];
  /** Notes what was changed; written to the platform's feed with the state after all changes. */
  readonly tell: (change: AuditChange, account: string | null) => void;
}

/** Longest that this process may be silent within the transaction, in ms. */
const frozenMs = 10_000;

/**
 * Changes a listing's leases, one at a time: its row is locked from the first statement to the commit. Leases that are over are ended first: those past their time, of auditors
 * who have voted, and of a listing that nobody has to decide any more. That stays also where `work` refuses with an AppError; all else that it did is undone then.
 * Each change told becomes an entry of `app.activity`, with all leases of the listing as they are after it; so the feed alone tells the state.
 */
export async function changeCase<Result>(database: DataSource, listingId: string, work: (open: OpenCase) => Promise<Result>): Promise<Result> {
  const outcome = await database.transaction(async (manager): Promise<{ result: Result } | { refusal: AppError }> => {
    // Whoever freezes before the commit holds the feeds' counters, and the indexer waits for one: Postgres gives it up then.
    await manager.query(
      `insert into app.audit_case as c (listing_id) select $1 from set_config('idle_in_transaction_session_timeout', '${frozenMs}', true) on conflict (listing_id) do update set priority = c.priority`,
      [listingId],
    );
    const { listing, leases } = await readCase(manager, listingId);
    const over = leases.flatMap(({ end, row }) => (end === null ? [] : [{ change: end, row }]));
    if (over.length > 0) await manager.query("delete from app.audit_lease where listing_id = $1 and slot = any($2)", [listingId, over.map(({ row }) => row.slot)]);
    const held = hydrate(database, AuditLease, leases.flatMap(({ end, row }) => (end === null ? [row] : [])));
    const told: { change: AuditChange; account: string | null }[] = over.map(({ change, row }) => ({ change, account: row.auditor }));
    const attempt = async (within: EntityManager): Promise<Result> => work({ manager: within, listingId, listing, leases: held, tell: (change, account) => told.push({ change, account }) });
    let outcome: { result: Result } | { refusal: AppError };
    try {
      // What has ended must outlive a refusal: a savepoint. Else there is nothing to keep.
      outcome = { result: await (over.length === 0 ? attempt(manager) : manager.transaction(attempt)) };
    } catch (error) {
      if (over.length === 0 || !(error instanceof AppError)) throw error;
      told.length = over.length;
      outcome = { refusal: error };
    }
    for (const { change, account } of told) await manager.query(insertActivity, [account, listingId, change]);
    return outcome;
  });
  if ("refusal" in outcome) throw outcome.refusal;
  return outcome.result;
}

/** Last in the transaction: the feed's counter stays locked until the commit. */
const insertActivity = `
  insert into app.activity (kind, account, listing_id, payload)
  select 'AUDIT', $1, $2, jsonb_build_object('change', $3::text, 'priority', c.priority, 'claims', coalesce(
    (select jsonb_agg(jsonb_build_object('slot', l.slot, 'auditor', l.auditor, 'token', l.token::text, 'claimedAt', l.claimed_at, 'expiresAt', l.expires_at) order by l.slot)
     from app.audit_lease l where l.listing_id = $2), '[]'))
  from app.audit_case c where c.listing_id = $2`;
