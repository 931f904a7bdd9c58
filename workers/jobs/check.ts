import { checkCompleteness, checkConformance, checkResidual, type DeidentificationReport, type Profile, type RecordFormat, type RecordSource } from "../../records/index.js";
import { RecordSignature } from "../../schema/entities/record-signature.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { CheckOutcome } from "../checks/check-list.js";
import { checkEvidence } from "../checks/evidence.js";
import { checkExactDuplicate, checkNearDuplicate, signatureOf } from "../checks/duplicates.js";
import { recordChecks, requirePassed } from "../checks/record-checks.js";
import { secondParser } from "../checks/second-parser.js";
import type { Process, WorkerDeps } from "../deps.js";
import { openSource, openStagedObject } from "../staging.js";

export type CheckDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "dedupKey">;

/**
 * DEIDENTIFIED → CHECKED: looks at what de-identification made, beside its source, and writes down what each check found. The identifiers of the source that
 * are looked for live in this call alone. A failed check that stops uploads is written down before it is thrown.
 * Throws CHECK_FAILED.
 */
export const check = ({ database, objects, stagingKey, dedupKey }: CheckDeps): Process<JobPayload<"check">> => async ({ uploadId }) => {
  const upload = await findUpload(database, uploadId, "DEIDENTIFIED");
  if (!upload) return;
  const { objectKey, deidentifiedSize } = upload;
  if (objectKey === null || deidentifiedSize === null || upload.report === null || upload.profile === null) throw new AppError("CONFLICT", "The upload has no de-identified file.");
  const format = upload.format as RecordFormat;
  const source = await openSource(objects, stagingKey, upload);
  const output: RecordSource = async function* () {
    yield* await openStagedObject(objects, stagingKey, upload, objectKey);
  };
  const sketch = await signatureOf(dedupKey, format, output);
  const outcomes: CheckOutcome[] = [
    await checkResidual(format, output, source),
    await checkConformance(format, output, upload.report as DeidentificationReport, () => secondParser(format, output, deidentifiedSize)),
    await checkEvidence({ objects, stagingKey }, upload),
    await checkExactDuplicate(database, upload),
    await checkNearDuplicate(database, upload, sketch),
    checkCompleteness(upload.profile as Profile),
  ];
  try {
    requirePassed(outcomes);
  } catch (error) {
    await recordChecks(database, upload.id, outcomes);
    throw error;
  }
  await advanceUpload(database, {
    upload,
    from: "DEIDENTIFIED",
    to: "CHECKED",
    also: async (manager) => {
      await recordChecks(manager, upload.id, outcomes);
      if (sketch !== null) await manager.createQueryBuilder().insert().into(RecordSignature).values({ uploadId: upload.id, features: sketch.features, signature: sketch.signature.map(String), bands: sketch.bands.map(String) }).orIgnore().execute();
    },
  });
};
