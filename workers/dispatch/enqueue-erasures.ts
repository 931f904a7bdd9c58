import type { DataSource } from "typeorm";
import type { Queues } from "../../platform/queue/queues.js";

/** Erasures taken up at once. */
const limit = 100;

/** Adds the erasure of each record whose provider asked for it, until its key is destroyed and its object gone. */
export async function enqueueErasures({ database, queues }: { database: DataSource; queues: Queues }): Promise<void> {
  const rows = (await database.query(
    `select u.id from app.upload u join app.record_key k on k.record_id = u.id
     where u.erase_requested_at is not null and (k.destroyed_at is null or u.object_key is not null) order by u.erase_requested_at limit ${limit}`,
  )) as { id: string }[];
  await Promise.all(rows.map(({ id }) => queues.add("erase", id, { uploadId: id })));
}
