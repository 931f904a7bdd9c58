import type { DataSource } from "typeorm";
import type { Queues } from "../../platform/queue/queues.js";
import { queueOfStatus } from "../../schema/jobs.js";

/** Uploads taken up at once. */
const limit = 500;
/** A waiting upload that nobody moved for this long has lost its job. */
const lostAfter = "3 seconds";

/** Its provider has not approved the de-identified file yet. */
const underReview = "(status = 'CHECKED' and review and approved_sha256 is distinct from deidentified_sha256)";

type WaitingStatus = keyof typeof queueOfStatus;

/**
 * Adds the job that each upload waits for. Adding one that waits or runs already changes nothing.
 * @param ids - those that just changed; null finds the ones whose job was lost (Redis flushed, a process killed between commit and queue).
 */
export async function enqueueUploads({ database, queues }: { database: DataSource; queues: Queues }, ids: readonly string[] | null): Promise<void> {
  const waiting = Object.keys(queueOfStatus);
  const rows = (await database.query(
    ids === null
      ? `select id, status from app.upload where status = any($1) and not ${underReview} and updated_at < now() - interval '${lostAfter}' order by updated_at limit ${limit}`
      : `select id, status from app.upload where status = any($1) and not ${underReview} and id = any($2)`,
    ids === null ? [waiting] : [waiting, ids],
  )) as { id: string; status: WaitingStatus }[];
  await Promise.all(rows.map(({ id, status }) => queues.add(queueOfStatus[status], id, { uploadId: id })));
}
