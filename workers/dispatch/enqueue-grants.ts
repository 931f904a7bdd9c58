import type { DataSource } from "typeorm";
import type { Queues } from "../../platform/queue/queues.js";

/** Grants taken up at once. */
const limit = 500;
/** A requested grant that nobody touched for this long has lost its job. */
const lostAfter = "3 seconds";

/**
 * Adds the delivery of each requested grant. One whose transaction is on its way is left alone until the outbox is done with it.
 * @param ids - those that just changed; null finds the ones whose job was lost, and those whose transaction is done.
 */
export async function enqueueGrants({ database, queues }: { database: DataSource; queues: Queues }, ids: readonly string[] | null): Promise<void> {
  const rows = (await database.query(
    ids === null
      ? `select g.id from app.access_grant g left join app.tx_outbox t on t.purpose = 'deliver:' || g.subject
         where g.status = 'REQUESTED' and (case when g.header is null then g.updated_at < now() - interval '${lostAfter}' else t.status in ('FINAL', 'FAILED') end)
         order by g.updated_at limit ${limit}`
      : "select id from app.access_grant where status = 'REQUESTED' and header is null and id = any($1)",
    ids === null ? [] : [ids],
  )) as { id: string }[];
  await Promise.all(rows.map(({ id }) => queues.add("deliver", id, { grantId: id })));
}
