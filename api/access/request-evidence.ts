import type { AccessGrant } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { requireRole } from "../auth/accreditation.js";
import { requireViewer, type ApiContext } from "../context.js";
import { grantKey } from "./request-grant.js";

/**
 * Asks for the key of a listing's legal evidence: for its provider, and for auditors as for the record itself.
 * @param token - of the auditor's claim, while the listing is pending.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, LEASE_LOST, KEY_UNAVAILABLE (it was erased)
 */
export async function requestEvidence(context: ApiContext, listingId: string, token: bigint | null): Promise<AccessGrant> {
  const { loaders } = context;
  const viewer = requireViewer(context);
  const [listing, upload] = await Promise.all([loaders.listing.load(listingId), loaders.uploadOfListing.load(listingId)]);
  const isOwner = upload?.owner === viewer.account;
  const { account, recipientCommitment } = await requireRole(context, isOwner ? Role.PROVIDER : Role.AUDITOR);
  if (!listing || !upload) throw new AppError("NOT_FOUND", "No such listing, or its record is not held here.");
  if (!isOwner && listing.status !== "PENDING" && listing.status !== "APPROVED") throw new AppError("CONFLICT", `The listing is ${listing.status}: there is nothing to audit.`);
  const evidence = await loaders.legalEvidence.load(upload.id);
  if (!evidence) throw new AppError("NOT_FOUND", "The listing is from before legal evidence was kept.");
  if (evidence.objectKey === null) throw new AppError("KEY_UNAVAILABLE", "The legal evidence was erased.");
  const lease = !isOwner && listing.status === "PENDING" ? { token } : null;
  return grantKey(context, { kind: "EVIDENCE", listingId, recordId: evidence.evidenceId, account, recipientCommitment, lease });
}
