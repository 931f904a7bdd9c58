import type { DataSource } from "typeorm";
import type { ObjectStore } from "../platform/objects/object-store.js";
import { AccessGrant } from "../schema/entities/access-grant.js";
import { DeadLetter } from "../schema/entities/dead-letter.js";
import { Upload } from "../schema/entities/upload.js";
import type { AppError, ErrorCode } from "../schema/errors.js";
import { queueOfStatus, type QueueName } from "../schema/jobs.js";
import { recordActivity } from "./record-activity.js";
import { deleteStaging } from "./staging.js";
import type { UploadStatus } from "./upload-status.js";

export interface GiveUpDeps {
  database: DataSource;
  objects: ObjectStore;
}

export interface GivenUp {
  queue: QueueName;
  jobKey: string;
  /** Null if it was malformed. */
  payload: { uploadId: string } | { grantId: string } | object | null;
  error: AppError;
  attempts: number;
}

/** What is wrong with the record itself: its provider mends it, no operator can. */
const recordFaults: readonly ErrorCode[] = [
  "FILE_EMPTY", "FILE_TOO_LARGE", "FORMAT_UNKNOWN", "FORMAT_INVALID", "DEIDENTIFICATION_REFUSED", "DUPLICATE_CONTENT", "CHECK_FAILED", "STATEMENT_INVALID", "RULES_UNKNOWN", "LIMIT_EXCEEDED", "SUITE_UNSUPPORTED", "PRICE_INPUT_INVALID",
];

/**
 * Ends what a job was for, in one transaction: the upload REFUSED (a fault of the record) or FAILED, or the grant FAILED, with code and message; and a
 * row in the operator's list, unless the record is at fault. The staged bytes go after it; their key goes with it.
 */
export async function giveUp({ database, objects }: GiveUpDeps, { queue, jobKey, payload, error, attempts }: GivenUp): Promise<void> {
  const { code: errorCode, message: errorMessage } = error;
  const refused = recordFaults.includes(errorCode);
  const uploadId = payload !== null && "uploadId" in payload ? payload.uploadId : null;
  const grantId = payload !== null && "grantId" in payload ? payload.grantId : null;
  const uploadEnded = await database.transaction(async (manager) => {
    let ended = false;
    let grantEnded = false;
    const from = statusOfQueue(queue);
    if (uploadId !== null && from !== null) {
      const to: UploadStatus = refused ? "REFUSED" : "FAILED";
      const result = await manager
        .createQueryBuilder()
        .update(Upload)
        .set({ status: to, errorCode, errorMessage, stagingKey: null, updatedAt: () => "now()" })
        .where("id = :uploadId and status = :from", { uploadId, from })
        .returning("owner")
        .execute();
      const [row] = result.raw as { owner: string }[];
      if (row) {
        await recordActivity(manager, { kind: "UPLOAD", account: row.owner, uploadId, payload: { status: to, errorCode } });
        ended = true;
      }
    }
    if (grantId !== null) {
      const result = await manager
        .createQueryBuilder()
        .update(AccessGrant)
        .set({ status: "FAILED", errorCode, header: null, updatedAt: () => "now()" })
        // Not one whose delivery another run has sent: the buyer pays for that header.
        .where("id = :grantId and status = 'REQUESTED' and (header is null or exists (select 1 from app.tx_outbox t where t.purpose = 'deliver:' || subject and t.status = 'FAILED'))", { grantId })
        .returning("account, listing_id, subject, kind")
        .execute();
      const [row] = result.raw as { account: string; listing_id: string; subject: string; kind: string }[];
      if (row) {
        grantEnded = true;
        const orderId = row.kind === "ORDER" ? row.subject : null;
        await recordActivity(manager, { kind: "GRANT", account: row.account, grantId, listingId: row.listing_id, orderId, payload: { kind: row.kind, status: "FAILED", errorCode } });
      }
    }
    // No letter if another run did the work meanwhile, or if only the record's provider can mend it.
    const isUploadFault = ended && refused;
    const isMoot = (uploadId !== null && !ended) || (grantId !== null && !grantEnded);
    if (!isUploadFault && !isMoot) await manager.getRepository(DeadLetter).insert({ queue, jobKey, errorCode, errorMessage, attempts });
    return ended;
  });
  // Not if another run brought the upload on meanwhile: it needs them.
  if (uploadId !== null && uploadEnded) {
    await database.getRepository(Upload).findOneByOrFail({ id: uploadId }).then((upload) => deleteStaging(objects, upload)).catch(() => undefined); // the sweep finds what is left
  }
}

function statusOfQueue(queue: QueueName): UploadStatus | null {
  const found = Object.entries(queueOfStatus).find(([, name]) => name === queue);
  return (found?.[0] as UploadStatus | undefined) ?? null;
}
