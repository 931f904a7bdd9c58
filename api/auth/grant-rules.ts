import type { AccessGrant } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import type { ApiDeps } from "../deps.js";
import type { Loaders } from "../loaders/loaders.js";
import { requireLease } from "../audit/require-lease.js";
import { isAccredited } from "./accreditation.js";

/**
 * Whether a grant may be used now; asked before each header, link and download.
 * @throws AppError NOT_READY, KEY_UNAVAILABLE, CONFLICT (refunded, or no longer under audit), LEASE_LOST, NOT_ACCREDITED, FORBIDDEN (its time is over)
 */
export async function checkGrantUsable(context: { deps: ApiDeps; loaders: Loaders }, grant: AccessGrant): Promise<void> {
  if (grant.status === "REQUESTED") throw new AppError("NOT_READY", "The key is not re-wrapped yet.");
  if (grant.status !== "READY" || grant.header === null) throw new AppError("KEY_UNAVAILABLE", `The access grant is ${grant.status}.`);
  if (grant.expiresAt !== null && grant.expiresAt.getTime() <= Date.now()) throw new AppError("FORBIDDEN", "The access grant's time is over.");
  if (grant.kind === "ORDER") {
    const order = await context.loaders.order.load(grant.subject);
    if (!order || order.buyer !== grant.account) throw new AppError("CONFLICT", "The order is not on the chain.");
    if (order.status === "REFUNDED") throw new AppError("CONFLICT", "The order was refunded.");
    await requireAccredited(context, grant.account, Role.BUYER);
  } else if (grant.kind === "AUDIT" || (grant.kind === "EVIDENCE" && (await context.loaders.uploadOfListing.load(grant.listingId))?.owner !== grant.account)) {
    const listing = await context.loaders.listing.load(grant.listingId);
    if (!listing || (listing.status !== "PENDING" && listing.status !== "APPROVED")) throw new AppError("CONFLICT", "The listing is no longer under audit.");
    await requireAccredited(context, grant.account, Role.AUDITOR);
    // Asked for under a claim: while the listing is pending, that claim must still hold.
    if (listing.status === "PENDING" && grant.leaseToken !== null) await requireLease(context.deps.database, { listingId: grant.listingId, auditor: grant.account, token: grant.leaseToken });
  } else {
    await requireAccredited(context, grant.account, Role.PROVIDER);
  }
}

async function requireAccredited(context: { deps: ApiDeps; loaders: Loaders }, account: string, role: Role): Promise<void> {
  if (!(await isAccredited(context, account, role))) throw new AppError("NOT_ACCREDITED", `The account is not accredited as ${Role[role]} now.`, { details: { role: Role[role] ?? String(role) } });
}
