import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { enqueue } from "../queue/enqueue.js";
import { requireOwnUpload } from "./own-upload.js";
import { recordUpload } from "./record-upload.js";

/**
 * The provider has looked at the report: the upload goes on. Again: the same answer.
 * @param sha256 - of the de-identified file that was looked at.
 * @throws AppError UNAUTHENTICATED, NOT_FOUND, CONFLICT (nothing waits for an approval), COMMITMENT_MISMATCH (it is another file)
 */
export async function approveDeidentification(context: ApiContext, id: string, sha256: string): Promise<Upload> {
  const upload = await requireOwnUpload(context, id);
  if (upload.approvedSha256 !== null && upload.approvedSha256 === sha256) return upload;
  if (!upload.review || upload.status !== "CHECKED") throw new AppError("CONFLICT", `The upload is ${upload.status}${upload.review ? "" : ", without a review"}: nothing waits for an approval.`);
  if (upload.deidentifiedSha256 !== sha256) throw new AppError("COMMITMENT_MISMATCH", "The de-identified file is another one.");
  const { database } = context.deps;
  const approved = await database.transaction(async (manager) => {
    const [rows] = (await manager.query(
      "update app.upload set approved_sha256 = $2, updated_at = now() where id = $1 and status = 'CHECKED' and deidentified_sha256 = $2 returning id",
      [upload.id, sha256],
    )) as [unknown[], number];
    if (rows.length === 0) throw new AppError("CONFLICT", "The upload is no longer where it was.");
    await recordUpload(manager, upload, { status: "CHECKED", approved: sha256 });
    return manager.getRepository(Upload).findOneByOrFail({ id: upload.id });
  });
  await enqueue(context.deps, "price", approved.id, { uploadId: approved.id });
  return approved;
}
