import type { AccessGrant } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { requireRole } from "../auth/accreditation.js";
import type { ApiContext } from "../context.js";
import { grantKey } from "./request-grant.js";

/**
 * Asks the workers to re-wrap a listing's key for the viewer. Asking again gives the same grant; one that failed, was taken back,
 * or is for a recipient that the auditor no longer has, is made anew.
 * @param token - of the auditor's claim: a pending listing's key is released to who holds a slot of it.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, LEASE_LOST
 */
export async function requestAuditAccess(context: ApiContext, listingId: string, token: bigint | null): Promise<AccessGrant> {
  const { account, recipientCommitment } = await requireRole(context, Role.AUDITOR);
  const { loaders } = context;
  const listing = await loaders.listing.load(listingId);
  if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
  if (listing.status !== "PENDING" && listing.status !== "APPROVED") throw new AppError("CONFLICT", `The listing is ${listing.status}: there is nothing to audit.`);
  const record = await loaders.uploadOfListing.load(listingId);
  if (!record) throw new AppError("NOT_FOUND", "The platform does not hold this listing's record.");
  return grantKey(context, { kind: "AUDIT", listingId, recordId: record.id, account, recipientCommitment, lease: listing.status === "PENDING" ? { token } : null });
}
