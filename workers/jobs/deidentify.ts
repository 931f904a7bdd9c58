import { randomBytes, randomUUID } from "node:crypto";
import { deidentifyRecord, profileRecord } from "../../records/index.js";
import type { JobPayload } from "../../schema/jobs.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { Process, WorkerDeps } from "../deps.js";
import { dropUnlessKept } from "../drop-unless-kept.js";
import { measure } from "../measure.js";
import { openSource, openStagedObject, stagedObject } from "../staging.js";

export type DeidentifyDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "maxBytes">;

/**
 * INGESTED → DEIDENTIFIED: writes the de-identified file (encrypted, under a name of this attempt's own), its report and its profile.
 * The key of pseudonyms and date shifts lives in this call alone. Throws DEIDENTIFICATION_REFUSED, FORMAT_INVALID.
 */
export const deidentify = ({ database, objects, stagingKey, maxBytes }: DeidentifyDeps): Process<JobPayload<"deidentify">> => async ({ uploadId }) => {
  const upload = await findUpload(database, uploadId, "INGESTED");
  if (!upload) return;
  const open = await openSource(objects, stagingKey, upload);
  const target = stagedObject(objects, stagingKey, upload, `deidentified-${randomUUID()}`);
  const key = randomBytes(32);
  try {
    const { output, report, profile } = deidentifyRecord(open, { key, maxBytes, notes: upload.notes });
    report.catch(() => undefined); // rejects with the output, whose error is the one thrown
    const measured = measure(output);
    await objects.put(target.key, target.encrypt(measured.bytes));
    const { size, sha256 } = measured.result();
    const stagedOutput = rereadable(objects, stagingKey, upload, target.key);
    const set = { report: await report, profile: (await profile) ?? (await profileRecord(stagedOutput, { maxBytes })), deidentifiedSize: size, deidentifiedSha256: sha256, objectKey: target.key };
    const moved = await advanceUpload(database, { upload, from: "INGESTED", to: "DEIDENTIFIED", set });
    if (!moved) await objects.delete(target.key);
  } catch (error) {
    await dropUnlessKept({ database, objects }, upload.id, target.key);
    throw error;
  } finally {
    key.fill(0);
  }
};

/** Profiling opens its source more than once: each time the object is read anew. */
function rereadable(...args: Parameters<typeof openStagedObject>): () => AsyncIterable<Uint8Array> {
  return async function* () {
    yield* await openStagedObject(...args);
  };
}
