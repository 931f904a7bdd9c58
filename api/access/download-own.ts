import type { AccessGrant } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { requireRole } from "../auth/accreditation.js";
import type { ApiContext } from "../context.js";
import { grantKey } from "./request-grant.js";

/**
 * Asks for the key of the viewer's own record.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, KEY_UNAVAILABLE (it was erased)
 */
export async function downloadOwn(context: ApiContext, listingId: string): Promise<AccessGrant> {
  const { account, recipientCommitment } = await requireRole(context, Role.PROVIDER);
  const { loaders } = context;
  const record = await loaders.uploadOfListing.load(listingId);
  if (record?.owner !== account) throw new AppError("NOT_FOUND", "No such listing of yours.");
  if (!(await loaders.listing.load(listingId))) throw new AppError("CONFLICT", "The listing is not on the chain yet.");
  if (record.eraseRequestedAt !== null) throw new AppError("KEY_UNAVAILABLE", "The record was erased.");
  return grantKey(context, { kind: "OWN", listingId, recordId: record.id, account, recipientCommitment, lease: null });
}
