import type { DataSource, EntityManager } from "typeorm";
import type { QueryDeepPartialEntity } from "typeorm/query-builder/QueryPartialEntity.js";
import { Upload } from "../schema/entities/upload.js";
import { recordActivity } from "./record-activity.js";
import type { UploadStatus } from "./upload-status.js";

/** The upload if it is still where a job expects it; null if that step was done, or the upload is over: then there is nothing to do. */
export async function findUpload(database: DataSource, id: string, status: UploadStatus): Promise<Upload | null> {
  return database.getRepository(Upload).findOneBy({ id, status });
}

export interface Advance {
  upload: Pick<Upload, "id" | "owner">;
  from: UploadStatus;
  to: UploadStatus;
  /** What the step found out. */
  set?: QueryDeepPartialEntity<Upload>;
  /** Said in the feed beside the status. */
  told?: Readonly<Record<string, string>>;
  /** Rows that belong to the step, in the same transaction. */
  also?: (manager: EntityManager) => Promise<void>;
}

/**
 * Moves an upload on, with its row of the feed, in one transaction.
 * @returns false if it is no longer at `from`: another run was faster, or its owner withdrew it. Then nothing was written.
 */
export async function advanceUpload(database: DataSource, { upload, from, to, set = {}, told = {}, also }: Advance): Promise<boolean> {
  return database.transaction(async (manager) => {
    const { affected } = await manager
      .createQueryBuilder()
      .update(Upload)
      .set({ ...set, status: to, updatedAt: () => "now()" })
      .where("id = :id and status = :from", { id: upload.id, from })
      .execute();
    if (affected !== 1) return false;
    await also?.(manager);
    await recordActivity(manager, { kind: "UPLOAD", account: upload.owner, uploadId: upload.id, payload: { ...told, status: to } });
    return true;
  });
}
