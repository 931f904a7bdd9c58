import type { DataSource } from "typeorm";
import { recordActivity } from "../record-activity.js";

/** Refusals taken up at once. */
const limit = 200;
/**
 * An anchor that the contract refused is sent again after this, for its batch must not be missing on the chain; so is a keeper's call that came too early.
 * Accesses out of order are told again when it is their turn (`tell-accesses.ts`).
 */
const retryAfter = "30 seconds";

/**
 * Tells what the contract refused: a listing's upload becomes FAILED with the contract's reason; a refused anchor is sent again later.
 * A listing that "exists" is on the chain, by an earlier life of this outbox: no failure.
 * @param purposes - those just done; null looks through all.
 */
export async function applyRefusals(database: DataSource, purposes: readonly string[] | null): Promise<void> {
  const refused = (await database.query(
    `select u.id, u.owner, t.error_code, t.error_message from app.tx_outbox t join app.upload u on t.purpose = 'publish:' || u.id and u.status = 'SUBMITTED'
     where t.status = 'FAILED' and t.error_message not like 'ListingExists(%' ${purposes === null ? "" : "and t.purpose = any($1)"} limit ${limit}`,
    purposes === null ? [] : [purposes],
  )) as { id: string; owner: string; error_code: string; error_message: string }[];
  for (const { id, owner, error_code, error_message } of refused) {
    await database.transaction(async (manager) => {
      const [, affected] = (await manager.query("update app.upload set status = 'FAILED', error_code = $2, error_message = $3, updated_at = now() where id = $1 and status = 'SUBMITTED'", [
        id,
        error_code,
        error_message,
      ])) as [unknown, number];
      if (affected === 1) await recordActivity(manager, { kind: "UPLOAD", account: owner, uploadId: id, payload: { status: "FAILED", errorCode: error_code } });
    });
  }
  if (purposes !== null) return;
  await database.query(
    `update app.tx_outbox set status = 'QUEUED', nonce = null, signed = null, hash = null, block_number = null, block_hash = null, error_code = null, error_message = null, updated_at = now()
     where status = 'FAILED' and updated_at < now() - interval '${retryAfter}'
       and (role = 'ANCHORER' and error_message not like 'AlreadyAnchored(%' and error_message not like 'AccessOutOfOrder(%' or role = 'RELAYER' and purpose ~ '^(settle|refund):' and error_message like 'TooEarly(%')`,
  );
}
