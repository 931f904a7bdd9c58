import type { EntityManager } from "typeorm";

/** What of a listing decides who may take it up. */
export interface AuditedListing {
  readonly status: string;
  /** Null: offered anonymously. */
  readonly provider: string | null;
  readonly approvals: number;
  readonly rejections: number;
  /** Who has voted. */
  readonly voters: readonly string[];
}

interface LeaseRow {
  readonly slot: number;
  readonly auditor: string;
  readonly [column: string]: unknown;
}

/** Null where there is no such listing. */
type ListingColumns = { readonly [column in "status" | "provider"]: string | null } & Pick<AuditedListing, "approvals" | "rejections" | "voters">;

export interface ReadCase {
  readonly listing: AuditedListing | null;
  /** Each row of `app.audit_lease`, and why it is over: null while it holds. */
  readonly leases: readonly { readonly row: LeaseRow; readonly end: "EXPIRED" | "ENDED" | null }[];
}

/**
 * A listing with its votes and leases, in one statement and so as of one moment: an auditor who votes meanwhile has a lease or a vote here, never both, and takes one seat.
 * To be called with the case locked.
 */
export async function readCase(manager: EntityManager, listingId: string): Promise<ReadCase> {
  // The clock and not now(): we may have waited for the lock.
  const rows = (await manager.query(
    `select a.*, a.expires_at <= clock_timestamp() as expired, l.status, l.provider, l.approvals, l.rejections,
       array(select v.auditor from vote v where v.listing_id = $1) as voters
     from (select) one left join listing l on l.id = $1 and l.to_block is null left join app.audit_lease a on a.listing_id = $1 order by a.slot`,
    [listingId],
  )) as ((ListingColumns & LeaseRow & { expired: boolean }) | (ListingColumns & { slot: null }))[];
  const { status, provider, approvals, rejections, voters } = rows[0]!;
  const isOver = (auditor: string): boolean => status !== "PENDING" || voters.includes(auditor);
  return {
    listing: status === null ? null : { status, provider, approvals, rejections, voters },
    leases: rows.flatMap((row) => (row.slot === null ? [] : [{ row, end: row.expired ? ("EXPIRED" as const) : isOver(row.auditor) ? ("ENDED" as const) : null }])),
  };
}
