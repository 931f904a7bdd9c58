import { stagingFolder } from "../../platform/objects/staging-folder.js";
import { LegalEvidence, Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { requireOwnUpload } from "./own-upload.js";
import { recordUpload } from "./record-upload.js";

/** Until the consent is given nothing is on the chain, and an upload can vanish. */
const withdrawable = ["CREATED", "RECEIVED", "INGESTED", "DEIDENTIFIED", "CHECKED", "PRICED", "ENCRYPTED", "STORED", "REFUSED", "FAILED"];

/**
 * Takes an upload back: its keys are destroyed with the status, its bytes deleted after. Again: the same answer.
 * @throws AppError UNAUTHENTICATED, NOT_FOUND, CONFLICT once it is consented to
 */
export async function withdrawUpload(context: ApiContext, id: string): Promise<Upload> {
  const upload = await requireOwnUpload(context, id);
  const { database, objects, log } = context.deps;
  const withdrawn = await database.transaction(async (manager) => {
    const [rows] = (await manager.query("update app.upload set status = 'WITHDRAWN', staging_key = null, updated_at = now() where id = $1 and status = any($2) returning id", [
      upload.id,
      withdrawable,
    ])) as [unknown[], number];
    if (rows.length > 0) {
      await manager.query("update app.record_key set wrapped = null, destroyed_at = now() where (record_id = $1 or record_id in (select evidence_id from app.legal_evidence where upload_id = $1)) and wrapped is not null", [upload.id]);
      await recordUpload(manager, upload, { status: "WITHDRAWN" });
    }
    return manager.getRepository(Upload).findOneByOrFail({ id: upload.id });
  });
  if (withdrawn.status !== "WITHDRAWN") throw new AppError("CONFLICT", `The upload is ${withdrawn.status}: delist the listing instead.`);
  // Without their keys the bytes are noise: a failure here leaves garbage, not data.
  try {
    for (const { key } of await objects.list(`${stagingFolder(objects, upload)}/`)) await objects.delete(key);
    const evidence = await database.getRepository(LegalEvidence).findOneBy({ uploadId: upload.id });
    for (const key of [withdrawn.objectKey, evidence?.objectKey]) if (key != null) await objects.delete(key);
    await database.getRepository(LegalEvidence).update({ uploadId: upload.id }, { objectKey: null });
  } catch (error) {
    log.warn({ error, uploadId: upload.id }, "the bytes of a withdrawn upload could not be deleted");
  }
  return withdrawn;
}
