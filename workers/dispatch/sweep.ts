import type { DataSource } from "typeorm";
import type { ObjectStore } from "../../platform/objects/object-store.js";
import { destroyKey } from "../destroy-key.js";
import { recordActivity } from "../record-activity.js";
import { deleteStaging } from "../staging.js";
import { abandonedStatuses, stagedStatuses } from "../upload-status.js";

/** An upload whose file never came whole is given up after this. */
const unfinishedFor = "7 days";
/** An upload that is ready, and that nobody publishes, is given up after this, and its key is destroyed. Custodians keep unlisted shares a little longer (`--unlisted-days`). */
const unpublishedFor = "90 days";
/** Uploads cleaned up in one statement. */
const limit = 500;

export interface SweepDeps {
  database: DataSource;
  objects: ObjectStore;
}

/**
 * Removes what a kill left behind: staged bytes of uploads that need them no more, and object and key of uploads that ended without a listing;
 * and uploads that were begun and left, or never published.
 * Safe beside running jobs: it looks at rows first, and every attempt writes under a name of its own.
 */
export async function sweep({ database, objects }: SweepDeps): Promise<void> {
  await withdrawForgotten(database);
  await database.query("update app.upload set staging_key = null where staging_key is not null and status <> all($1)", [stagedStatuses]);

  for (const place of objects.places) {
    const below = `${place}staging/`;
    const staged = new Set((await objects.list(below)).map(({ key }) => key.slice(below.length).split("/")[0] ?? ""));
    const over = (await database.query("select id, region from app.upload where id::text = any($1) and status <> all($2)", [[...staged], stagedStatuses])) as { id: string; region: number }[];
    for (const upload of over) await deleteStaging(objects, upload);
  }

  const documents = (await database.query(
    `select e.upload_id, e.evidence_id, e.object_key from app.legal_evidence e join app.upload u on u.id = e.upload_id where e.object_key is not null and u.status = any($1) limit ${limit}`,
    [abandonedStatuses],
  )) as { upload_id: string; evidence_id: string; object_key: string }[];
  for (const { upload_id, evidence_id, object_key } of documents) {
    await destroyKey(database, evidence_id);
    await objects.delete(object_key);
    await database.query("update app.legal_evidence set object_key = null where upload_id = $1", [upload_id]);
  }

  const abandoned = (await database.query(`select id, object_key from app.upload where object_key is not null and status = any($1) limit ${limit}`, [abandonedStatuses])) as { id: string; object_key: string }[];
  for (const { id, object_key } of abandoned) {
    // The key first: without it the object is noise already.
    await destroyKey(database, id);
    await objects.delete(object_key);
    await database.query("update app.upload set object_key = null where id = $1 and status = any($2)", [id, abandonedStatuses]);
  }
}

/** Uploads that were begun and left, and those that wait for their owner's consent for ever: their keys go with the next sweep. A record that was listed before keeps its own, for who bought it. */
async function withdrawForgotten(database: DataSource): Promise<void> {
  for (const [status, since] of [["CREATED", unfinishedFor], ["STORED", unpublishedFor]] as const) {
    await database.transaction(async (manager) => {
      const [withdrawn] = (await manager.query(
        `update app.upload set status = 'WITHDRAWN', staging_key = null, updated_at = now()
         where id in (select id from app.upload where status = $1 and previous_listing_id is null and updated_at < now() - $2::interval limit ${limit}) and status = $1 returning id, owner`,
        [status, since],
      )) as [{ id: string; owner: string }[], number];
      for (const { id, owner } of withdrawn) await recordActivity(manager, { kind: "UPLOAD", account: owner, uploadId: id, payload: { status: "WITHDRAWN" } });
    });
  }
}
