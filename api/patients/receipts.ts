import type { DataSource } from "typeorm";
import { Upload } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { hashToken, newToken } from "../auth/token.js";
import type { ApiContext } from "../context.js";
import { parseRange } from "../input/parse.js";
import { requireOwnUpload } from "../uploads/own-upload.js";
import { recordUpload } from "../uploads/record-upload.js";

const pattern = /^grr_[A-Za-z0-9_-]{43}$/;
/** Receipts made at once. */
export const maxReceipts = 1_000;

/** Makes receipts of a record set, for its provider to hand out; they are told this once (D11). @throws AppError UNAUTHENTICATED, NOT_FOUND, BAD_INPUT */
export async function issueReceipts(context: ApiContext, uploadId: string, count: number): Promise<string[]> {
  const upload = await requireOwnUpload(context, uploadId);
  const receipts = Array.from({ length: parseRange("count", count, 1, maxReceipts) }, () => `grr_${newToken()}`);
  await context.deps.database.query("insert into app.patient_receipt (receipt_hash, upload_id) select unnest($1::bytea[]), $2", [receipts.map(hashToken), upload.id]);
  return receipts;
}

/** @returns the record set of a receipt. @throws AppError NOT_FOUND */
export async function uploadOfReceipt(database: DataSource, receipt: string): Promise<Upload> {
  const [row] = pattern.test(receipt) ? ((await database.query("select upload_id from app.patient_receipt where receipt_hash = $1", [hashToken(receipt)])) as { upload_id: string }[]) : [];
  const upload = row && (await database.getRepository(Upload).findOneBy({ id: row.upload_id }));
  if (!upload) throw new AppError("NOT_FOUND", "No such receipt.");
  return upload;
}

/**
 * The patient withdraws from future sales. A set is encrypted as one: nothing of it is sold any more, what is paid later is refunded, and its provider
 * uploads it anew without the patient. Again: the same answer.
 * @throws AppError NOT_FOUND
 */
export async function withdrawPatient({ deps: { database } }: ApiContext, receipt: string): Promise<{ withdrawnAt: Date; upload: Upload }> {
  const upload = await uploadOfReceipt(database, receipt);
  return database.transaction(async (manager) => {
    const [row] = (await manager.query("select withdrawn_at from app.patient_receipt where receipt_hash = $1 for update", [hashToken(receipt)])) as { withdrawn_at: Date | null }[];
    const withdrawnAt = row?.withdrawn_at ?? new Date();
    if (row?.withdrawn_at === null) {
      await manager.query("update app.patient_receipt set withdrawn_at = $2 where receipt_hash = $1", [hashToken(receipt), withdrawnAt]);
      await manager.query("update app.upload set stopped_at = coalesce(stopped_at, $2), updated_at = now() where id = $1", [upload.id, withdrawnAt]);
      await recordUpload(manager, upload, { status: upload.status, patient: "WITHDRAWN" });
    }
    return { withdrawnAt, upload };
  });
}
