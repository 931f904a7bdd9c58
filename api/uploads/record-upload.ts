import type { EntityManager } from "typeorm";
import type { Upload } from "../../schema/entities/index.js";

/** Appends to the platform's feed, in the caller's transaction. Last in it: the feed's counter stays locked until the commit. */
export async function recordUpload(manager: EntityManager, upload: Pick<Upload, "id" | "owner">, told: Readonly<Record<string, string>>): Promise<void> {
  await manager.query("insert into app.activity (kind, account, upload_id, payload) values ('UPLOAD', $1, $2, $3)", [upload.owner, upload.id, JSON.stringify(told)]);
}
