import { AccessGrant } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { Role } from "../../schema/market.js";
import { requireLease } from "../audit/require-lease.js";
import { requireRole } from "../auth/accreditation.js";
import type { ApiContext } from "../context.js";
import { enqueue } from "../queue/enqueue.js";

/**
 * Asks the workers to re-wrap a listing's key for the viewer. Asking again gives the same grant; one that failed, was taken back,
 * or is for a recipient that the auditor no longer has, is made anew.
 * @param token - of the auditor's claim: a pending listing's key is released to who holds a slot of it.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED, NOT_FOUND, CONFLICT, LEASE_LOST
 */
export async function requestAuditAccess(context: ApiContext, listingId: string, token: bigint | null): Promise<AccessGrant> {
  const auditor = await requireRole(context, Role.AUDITOR);
  const { deps, loaders } = context;
  const listing = await loaders.listing.load(listingId);
  if (!listing) throw new AppError("NOT_FOUND", "No such listing.");
  if (listing.status !== "PENDING" && listing.status !== "APPROVED") throw new AppError("CONFLICT", `The listing is ${listing.status}: there is nothing to audit.`);
  const record = await loaders.uploadOfListing.load(listingId);
  if (!record) throw new AppError("NOT_FOUND", "The platform does not hold this listing's record.");
  if (!(await loaders.recipient.load(auditor.recipientCommitment))) throw new AppError("CONFLICT", "The platform does not know the age recipient that the chain commits to: apply again.");

  const grant = await deps.database.transaction(async (manager) => {
    const isFenced = listing.status === "PENDING";
    if (isFenced) await requireLease(manager, { listingId, auditor: auditor.account, token });
    await manager.query(
      `insert into app.access_grant as g (kind, subject, listing_id, record_id, account, recipient_commitment, lease_token) values ('AUDIT', $1, $1, $2, $3, $4, $5)
       on conflict (kind, subject, account) do update
         set status = 'REQUESTED', recipient_commitment = excluded.recipient_commitment, header = null, delivery_commitment = null, error_code = null, updated_at = now()
         where g.status in ('FAILED', 'REVOKED') or g.recipient_commitment <> excluded.recipient_commitment`,
      [listingId, record.id, auditor.account, auditor.recipientCommitment, isFenced ? String(token) : null],
    );
    if (isFenced) await manager.query("update app.access_grant set lease_token = $3 where kind = 'AUDIT' and subject = $1 and account = $2", [listingId, auditor.account, String(token)]);
    const made = await manager.getRepository(AccessGrant).findOneByOrFail({ kind: "AUDIT", subject: listingId, account: auditor.account });
    if (made.status === "REQUESTED") {
      await manager.query("insert into app.activity (kind, account, grant_id, listing_id, payload) values ('GRANT', $1, $2, $3, $4)", [
        auditor.account,
        made.id,
        listingId,
        JSON.stringify({ kind: "AUDIT", status: "REQUESTED" }),
      ]);
    }
    return made;
  });
  if (grant.status === "REQUESTED") await enqueue(deps, "deliver", grant.id, { grantId: grant.id });
  return grant;
}
