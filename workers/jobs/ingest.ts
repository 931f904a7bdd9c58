import { nodeBackend } from "../../crypto/backend/node.js";
import { contentHash } from "../../crypto/content-hash.js";
import { validateRecord } from "../../records/index.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import { dataKindOf } from "../data-kind.js";
import type { Process, WorkerDeps } from "../deps.js";
import { openSource } from "../staging.js";

export type IngestDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "dedupKey" | "maxBytes">;

/**
 * RECEIVED → INGESTED: recognises the format, parses the whole file, and hashes it. Writes nothing but the row.
 * Throws FILE_EMPTY, FILE_TOO_LARGE, FORMAT_UNKNOWN, FORMAT_INVALID, DUPLICATE_CONTENT.
 */
export const ingest = ({ database, objects, stagingKey, dedupKey, maxBytes }: IngestDeps): Process<JobPayload<"ingest">> => async ({ uploadId }) => {
  const upload = await findUpload(database, uploadId, "RECEIVED");
  if (!upload) return;
  const open = await openSource(objects, stagingKey, upload);
  const { format, contents } = await validateRecord(open, { maxBytes });
  const hash = await contentHash(nodeBackend, dedupKey, open());
  try {
    await advanceUpload(database, { upload, from: "RECEIVED", to: "INGESTED", set: { format, dataKind: dataKindOf(contents), contentHash: hash }, told: { format } });
  } catch (error) {
    if (isDuplicate(error)) throw new AppError("DUPLICATE_CONTENT", "You have uploaded this content before.", { cause: error });
    throw error;
  }
};

const isDuplicate = (error: unknown): boolean => {
  const { code, constraint } = ((error as { driverError?: unknown }).driverError ?? {}) as { code?: string; constraint?: string };
  return code === "23505" && constraint === "upload_content";
};
