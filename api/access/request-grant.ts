import type { EntityManager } from "typeorm";
import { AccessGrant } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { requireLease } from "../audit/require-lease.js";
import type { ApiContext } from "../context.js";
import { enqueue } from "../queue/enqueue.js";

interface GrantRequest {
  kind: "AUDIT" | "OWN" | "EVIDENCE";
  listingId: string;
  recordId: string;
  account: string;
  recipientCommitment: string;
  /** Of an auditor's claim; null where none is needed. */
  leaseToken: bigint | null;
}

/**
 * Asks the workers to re-wrap a key for an account, and gives them the job.
 * @param request.lease - the auditor's claim, which must hold; null where none is needed.
 * @throws AppError CONFLICT (the platform does not know the recipient), LEASE_LOST
 */
export async function grantKey({ deps, loaders }: Pick<ApiContext, "deps" | "loaders">, request: Omit<GrantRequest, "leaseToken"> & { lease: { token: bigint | null } | null }): Promise<AccessGrant> {
  const { lease, ...grant } = request;
  if (!(await loaders.recipient.load(grant.recipientCommitment))) throw new AppError("CONFLICT", "The platform does not know the age recipient that the chain commits to: apply again.");
  const made = await deps.database.transaction(async (manager) => {
    if (lease) await requireLease(manager, { listingId: grant.listingId, auditor: grant.account, token: lease.token });
    return requestGrant(manager, { ...grant, leaseToken: lease?.token ?? null });
  });
  if (made.status === "REQUESTED") await enqueue(deps, "deliver", made.id, { grantId: made.id });
  return made;
}

/**
 * Asks the workers to re-wrap a listing's key. Asking again gives the same grant; one that failed, was taken back, or is for a recipient
 * that the account no longer has, is made anew. Add its job once the transaction is committed.
 */
async function requestGrant(manager: EntityManager, { kind, listingId, recordId, account, recipientCommitment, leaseToken }: GrantRequest): Promise<AccessGrant> {
  await manager.query(
    `insert into app.access_grant as g (kind, subject, listing_id, record_id, account, recipient_commitment, lease_token) values ($6, $1, $1, $2, $3, $4, $5)
     on conflict (kind, subject, account) do update
       set status = 'REQUESTED', recipient_commitment = excluded.recipient_commitment, header = null, delivery_commitment = null, error_code = null, updated_at = now()
       where g.status in ('FAILED', 'REVOKED') or g.recipient_commitment <> excluded.recipient_commitment`,
    [listingId, recordId, account, recipientCommitment, leaseToken?.toString() ?? null, kind],
  );
  if (leaseToken !== null) await manager.query("update app.access_grant set lease_token = $4 where kind = $1 and subject = $2 and account = $3", [kind, listingId, account, leaseToken.toString()]);
  const made = await manager.getRepository(AccessGrant).findOneByOrFail({ kind, subject: listingId, account });
  if (made.status === "REQUESTED") {
    await manager.query("insert into app.activity (kind, account, grant_id, listing_id, payload) values ('GRANT', $1, $2, $3, $4)", [account, made.id, listingId, JSON.stringify({ kind, status: "REQUESTED" })]);
  }
  return made;
}
