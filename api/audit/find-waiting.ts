import { AuditLease, Listing } from "../../schema/entities/index.js";
import { marketNow } from "../auth/accreditation.js";
import type { ApiDeps } from "../deps.js";
import { hydrate } from "../loaders/hydrate.js";
import { urgency } from "./urgency.js";

export interface WaitingListing {
  listing: Listing;
  waitingSeconds: bigint;
  priority: number;
  claims: AuditLease[];
}

/** @returns what waits for the auditors, the most urgent first. */
export async function findWaiting({ database, freshness }: Pick<ApiDeps, "database" | "freshness">, limit: number): Promise<WaitingListing[]> {
  const rows = (await database.query(
    `select l.*, coalesce(c.priority, 0)::int as priority from listing l left join app.audit_case c on c.listing_id = l.id
     where l.to_block is null and l.status = 'PENDING' order by ${urgency("l", "c")} desc, l.listed_block, l.id limit $1`,
    [limit],
  )) as (Record<string, unknown> & { priority: number })[];
  const listings = hydrate(database, Listing, rows);
  const leases = (await database.query("select * from app.audit_lease where listing_id = any($1) and expires_at > now() order by slot", [listings.map(({ id }) => id)])) as Record<string, unknown>[];
  const claims = hydrate(database, AuditLease, leases);
  const now = await marketNow({ freshness });
  return listings.map((listing, index) => {
    const since = now - BigInt(Math.floor(listing.listedTime.getTime() / 1000));
    return { listing, waitingSeconds: since < 0n ? 0n : since, priority: rows[index]!.priority, claims: claims.filter(({ listingId }) => listingId === listing.id) };
  });
}
