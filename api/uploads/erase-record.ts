import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { enqueue } from "../queue/enqueue.js";
import { prepareDelist } from "../steps/prepare.js";
import type { PreparedTransaction } from "../types/step.js";
import { requireOwnUpload } from "./own-upload.js";
import { recordUpload } from "./record-upload.js";

/**
 * Has a listed record erased for good by the workers; `erasureCertificate` tells when it is done. Again: the same answer. Orders that are paid and not
 * delivered get nothing then, and are refunded.
 * @returns what the provider's wallet sends to delist it; null if it is delisted, or the payee of an anonymous listing has to.
 * @throws AppError UNAUTHENTICATED, NOT_FOUND, CONFLICT (it is not listed: withdraw the upload)
 */
export async function eraseRecord(context: ApiContext, id: string): Promise<{ upload: Upload; delist: PreparedTransaction | null }> {
  const found = await requireOwnUpload(context, id);
  if (found.status !== "SUBMITTED" || found.listingId === null) throw new AppError("CONFLICT", `The upload is ${found.status}: withdraw it instead.`);
  const { deps, loaders, viewer } = context;
  const upload = await deps.database.transaction(async (manager) => {
    const [rows] = (await manager.query("update app.upload set erase_requested_at = now(), updated_at = now() where id = $1 and erase_requested_at is null returning id", [found.id])) as [unknown[], number];
    if (rows.length > 0) await recordUpload(manager, found, { status: found.status, erase: "REQUESTED" });
    return manager.getRepository(Upload).findOneByOrFail({ id: found.id });
  });
  await enqueue(deps, "erase", upload.id, { uploadId: upload.id });
  const listing = await loaders.listing.load(found.listingId);
  const isOwn = listing !== null && listing.status !== "DELISTED" && (listing.provider ?? listing.payee) === viewer?.account;
  return { upload, delist: isOwn ? await prepareDelist(context, listing.id) : null };
}
