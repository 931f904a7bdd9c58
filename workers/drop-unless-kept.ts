import { LegalEvidence } from "../schema/entities/legal-evidence.js";
import { Upload } from "../schema/entities/upload.js";
import type { WorkerDeps } from "./deps.js";

/**
 * Deletes an object that a failed attempt wrote, unless the upload's row names it: an error may also come after the commit was made (a connection
 * lost while it was answered), and then the object is the record. When that cannot be told, it stays for the sweep.
 */
export async function dropUnlessKept({ database, objects }: Pick<WorkerDeps, "database" | "objects">, uploadId: string, objectKey: string): Promise<void> {
  const isKept = await database.getRepository(Upload).existsBy({ id: uploadId, objectKey }).catch(() => true);
  if (!isKept) await objects.delete(objectKey).catch(() => undefined);
}

/** The same for the legal evidence. */
export async function dropEvidenceUnlessKept({ database, objects }: Pick<WorkerDeps, "database" | "objects">, uploadId: string, objectKey: string): Promise<void> {
  const isKept = await database.getRepository(LegalEvidence).existsBy({ uploadId, objectKey }).catch(() => true);
  if (!isKept) await objects.delete(objectKey).catch(() => undefined);
}
