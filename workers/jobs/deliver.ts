import type { DataSource, EntityManager } from "typeorm";
import { nodeBackend } from "../../crypto/backend/node.js";
import { encodeSharesDocument, type SharesDocument } from "../../crypto/custody/shares-document.js";
import { parseWrappedKey } from "../../crypto/custody/wrapped-key.js";
import { deliveryCommitment } from "../../crypto/delivery-commitment.js";
import { makeHeader } from "../../crypto/envelope/make-header.js";
import { enqueueTransaction } from "../../platform/outbox/enqueue-transaction.js";
import { AccessGrant } from "../../schema/entities/access-grant.js";
import { RecordKey } from "../../schema/entities/record-key.js";
import { TxOutbox } from "../../schema/entities/tx-outbox.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import type { Process, WorkerDeps } from "../deps.js";
import { checkGrant, type CheckedGrant } from "../check-grant.js";
import { recordActivity } from "../record-activity.js";

export type DeliverDeps = Pick<WorkerDeps, "database" | "market" | "fileKeys">;

/** How long an auditor may use a header, in hours: an audit is work of a day or two. */
const auditHours = 72;

export const deliverPurpose = (orderId: string): string => `deliver:${orderId}`;

/**
 * Re-wraps a record's file key for a grant's recipient, after checking on the chain that the account may have it now.
 * Auditors and owners get it at once. For an order the header is kept back until the delivery is final on the chain: an order that is still
 * refunded gives nothing away. So an order's job runs twice: it sends the delivery, and (woken by the outbox) gives the header free.
 * Where custodians have the key, the header is the document that says where its shares are, the same for everybody: it is committed to and kept back alike, and custodians
 * wait for the delivery on the chain themselves.
 * Throws NOT_ACCREDITED, CONFLICT, KEY_UNAVAILABLE, SUITE_UNSUPPORTED, TX_REVERTED.
 */
export const deliver = (deps: DeliverDeps): Process<JobPayload<"deliver">> => async ({ grantId }) => {
  const { database } = deps;
  const grant = await database.getRepository(AccessGrant).findOneBy({ id: grantId, status: "REQUESTED" });
  if (!grant) return;
  if (grant.header !== null) return finish(deps, grant);
  const checked = await checkGrant(deps, grant);
  const { header, commitment } = await rewrap(deps, grant, checked);
  if (grant.kind !== "ORDER") return void (await release(database, grant, { header, deliveryCommitment: commitment, expiresAt: expiry(grant) }));
  const data = deps.market.contract.encodeFunctionData("deliver", [grant.subject, commitment]);
  await database.transaction(async (manager) => {
    const { affected } = await manager
      .createQueryBuilder()
      .update(AccessGrant)
      .set({ header, deliveryCommitment: commitment, updatedAt: () => "now()" })
      .where("id = :id and status = 'REQUESTED' and header is null", { id: grant.id })
      .execute();
    if (affected !== 1) return; // another run was faster: its header is the one that was committed to
    await enqueueTransaction(manager, { purpose: deliverPurpose(grant.subject), role: "DELIVERER", target: deps.market.address, data });
  });
};

/** Gives an order's header free once its delivery is final. */
async function finish({ database, market }: DeliverDeps, grant: AccessGrant): Promise<void> {
  const sent = await database.getRepository(TxOutbox).findOneBy({ purpose: deliverPurpose(grant.subject) });
  if (sent?.status === "FINAL") return void (await release(database, grant, {}));
  if (sent?.status !== "FAILED") return; // on its way: the outbox tells when it is done
  // "Delivered already" is what the contract says when the chain knows of our delivery, but our outbox does not.
  const status = await market.orderStatus(grant.subject);
  const ours = (await market.orderCommitment(grant.subject)) === grant.deliveryCommitment?.slice(0, 2 + 2 * 18);
  if (ours && (status === "DELIVERED" || status === "SETTLED")) return void (await release(database, grant, {}));
  throw new AppError("TX_REVERTED", `The delivery was refused: ${sent.errorMessage ?? "no reason given"}`);
}

async function rewrap({ database, fileKeys }: DeliverDeps, grant: AccessGrant, { recipient, ciphertextRoot }: CheckedGrant): Promise<{ header: Uint8Array; commitment: string }> {
  const row = await database.getRepository(RecordKey).findOneBy({ recordId: grant.recordId });
  const kept = row?.wrapped ?? null;
  const header = Buffer.from(row?.kekVersion === null && kept !== null ? encodeSharesDocument(kept as SharesDocument) : wrapFor(recipient, await fileKeys.unwrap(grant.recordId, parseWrappedKey(kept))));
  const { subject: orderId, recipientCommitment } = grant;
  return { header, commitment: deliveryCommitment({ orderId, header, recipientCommitment, ciphertextRoot }) };
}

function wrapFor(recipient: string, fileKey: Uint8Array): Uint8Array {
  try {
    return makeHeader(nodeBackend, fileKey, [recipient]);
  } finally {
    fileKey.fill(0);
  }
}

async function release(database: DataSource, grant: AccessGrant, set: Partial<Pick<AccessGrant, "header" | "deliveryCommitment" | "expiresAt">>): Promise<void> {
  await database.transaction(async (manager: EntityManager) => {
    const { affected } = await manager
      .createQueryBuilder()
      .update(AccessGrant)
      .set({ ...set, status: "READY", updatedAt: () => "now()" })
      .where("id = :id and status = 'REQUESTED'", { id: grant.id })
      .execute();
    if (affected !== 1) return;
    await recordActivity(manager, {
      kind: "GRANT",
      account: grant.account,
      grantId: grant.id,
      listingId: grant.listingId,
      orderId: grant.kind === "ORDER" ? grant.subject : null,
      payload: { kind: grant.kind, status: "READY" },
    });
  });
}

const expiry = (grant: AccessGrant): Date | null => (grant.kind === "AUDIT" || grant.kind === "EVIDENCE" ? new Date(Date.now() + auditHours * 3_600_000) : null);
