import { nodeBackend } from "../../crypto/backend/node.js";
import { contentHash } from "../../crypto/content-hash.js";
import { validateRecord } from "../../records/index.js";
import type { JobPayload } from "../../schema/jobs.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import { dataKindOf } from "../data-kind.js";
import type { Process, WorkerDeps } from "../deps.js";
import { refuseDuplicate } from "../refuse-duplicate.js";
import { openSource } from "../staging.js";
import { receiveSealed } from "../client-side/receive-sealed.js";
import { UploadMode } from "../../schema/upload-mode.js";

export type IngestDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "dedupKey" | "fileKeys" | "maxBytes">;

/**
 * RECEIVED → INGESTED: recognises the format, parses the whole file, and hashes it. Writes nothing but the row. What comes from client-side mode is CHECKED at once.
 * Throws FILE_EMPTY, FILE_TOO_LARGE, FORMAT_UNKNOWN, FORMAT_INVALID, DEIDENTIFICATION_REFUSED, DUPLICATE_CONTENT.
 */
export const ingest = (deps: IngestDeps): Process<JobPayload<"ingest">> => async ({ uploadId }) => {
  const { database, objects, stagingKey, dedupKey, maxBytes } = deps;
  const upload = await findUpload(database, uploadId, "RECEIVED");
  if (!upload) return;
  if (upload.mode === String(UploadMode.CLIENT_SIDE)) return receiveSealed(deps, upload);
  const open = await openSource(objects, stagingKey, upload);
  const { format, contents } = await validateRecord(open, { maxBytes, notes: upload.notes });
  const hash = await contentHash(nodeBackend, dedupKey, open());
  await refuseDuplicate(() => advanceUpload(database, { upload, from: "RECEIVED", to: "INGESTED", set: { format, dataKind: dataKindOf(contents), contentHash: hash }, told: { format } }));
};
