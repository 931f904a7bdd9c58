import type { DataSource } from "typeorm";
import { AccessGrant } from "../../schema/entities/access-grant.js";
import { DeadLetter } from "../../schema/entities/dead-letter.js";
import { AppError } from "../../schema/errors.js";

/**
 * Takes a job of the operator's list up again: a delivery goes back to its start, a training of the price model is due again. An upload that failed has lost its staged bytes and their key, and
 * is uploaded anew by its provider; the access log goes on by itself.
 * @throws AppError NOT_FOUND; CONFLICT if it was retried before, or there is nothing left to retry
 */
export async function retryJob(database: DataSource, deadLetterId: bigint): Promise<void> {
  await database.transaction(async (manager) => {
    const letters = manager.getRepository(DeadLetter);
    const letter = await letters.findOne({ where: { id: deadLetterId }, lock: { mode: "pessimistic_write" } });
    if (!letter) throw new AppError("NOT_FOUND", "No such job in the list.");
    if (letter.retriedAt !== null) throw new AppError("CONFLICT", "The job was taken up again before.");
    // What is due is found again by itself, once no letter stands in its way.
    if (letter.queue === "retrain") {
      await letters.update({ id: deadLetterId }, { retriedAt: () => "now()" });
      return;
    }
    const grantId = /^deliver-([0-9a-f-]{36})$/.exec(letter.jobKey)?.[1];
    const grant = grantId === undefined ? null : await manager.getRepository(AccessGrant).findOneBy({ id: grantId, status: "FAILED" });
    if (!grant) throw new AppError("CONFLICT", "Nothing of this job is left to retry.");
    const orderId = grant.kind === "ORDER" ? grant.subject : null;
    // A refused transaction has its purpose taken; one that was sent stays what it is.
    if (orderId !== null) await manager.query("delete from app.tx_outbox where purpose = $1 and status = 'FAILED'", [`deliver:${orderId}`]);
    await manager.query("update app.access_grant set status = 'REQUESTED', header = null, delivery_commitment = null, error_code = null, updated_at = now() where id = $1", [grant.id]);
    await letters.update({ id: deadLetterId }, { retriedAt: () => "now()" });
    await manager.query("insert into app.activity (kind, account, grant_id, listing_id, order_id, payload) values ('GRANT', $1, $2, $3, $4, $5)", [
      grant.account,
      grant.id,
      grant.listingId,
      orderId,
      JSON.stringify({ kind: grant.kind, status: "REQUESTED" }),
    ]);
  });
}
