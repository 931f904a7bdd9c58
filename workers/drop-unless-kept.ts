import { LegalEvidence } from "../schema/entities/legal-evidence.js";
import { Upload } from "../schema/entities/upload.js";
import type { WorkerDeps } from "./deps.js";

/**
 * Deletes an object that a failed attempt wrote, unless the upload's row, or that of its legal evidence, names it: an error may also come after the commit was
 * made (a connection lost while it was answered), and then the object is the record. When that cannot be told, it stays for the sweep.
 */
export async function dropUnlessKept({ database, objects }: Pick<WorkerDeps, "database" | "objects">, uploadId: string, objectKey: string): Promise<void> {
  const named = [database.getRepository(Upload).existsBy({ id: uploadId, objectKey }), database.getRepository(LegalEvidence).existsBy({ uploadId, objectKey })];
  const isKept = await Promise.all(named).then((found) => found.includes(true), () => true);
  if (!isKept) await objects.delete(objectKey).catch(() => undefined);
}
