import { scanResidual, type DeidentificationReport, type Profile, type RecordFormat, type RecordSource } from "../../records/index.js";
import { RecordSignature } from "../../schema/entities/record-signature.js";
import type { Upload } from "../../schema/entities/upload.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { CheckOutcome } from "../checks/check-list.js";
import { checkConformance } from "../checks/conformance.js";
import { checkExactDuplicate, checkNearDuplicate, signatureOf } from "../checks/duplicates.js";
import { recordChecks, requirePassed } from "../checks/record-checks.js";
import type { Process, WorkerDeps } from "../deps.js";
import { readStagedEvidence } from "../legal-evidence.js";
import { openSource, openStagedObject } from "../staging.js";

export type CheckDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "dedupKey">;

/** Below this share of filled elements a set is told to be incomplete. */
const complete = 0.5;

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
    await checkConformance(format, output, upload.report as DeidentificationReport, deidentifiedSize),
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

async function checkResidual(format: RecordFormat, output: RecordSource, source: RecordSource): Promise<CheckOutcome> {
  const { lookedFor, found, patterns } = await scanResidual(format, output, source);
  const kinds = Object.keys(patterns);
  const why = found > 0 ? `${found} times an identifier of the source is still there` : kinds.length > 0 ? `something reads like an identifier: ${kinds.join(", ")}` : null;
  if (lookedFor === null) return { name: "residual-identifiers", outcome: "UNAVAILABLE", evidence: { why: "the set is pixels alone: what is written in them was looked for when it was de-identified, and is not read again" } };
  return { name: "residual-identifiers", outcome: why === null ? "PASSED" : "FAILED", evidence: { lookedFor, found, patterns, ...(why === null ? {} : { why }) } };
}

async function checkEvidence({ objects, stagingKey }: Pick<CheckDeps, "objects" | "stagingKey">, upload: Upload): Promise<CheckOutcome> {
  const sealed = await readStagedEvidence(objects, stagingKey, upload);
  const evidence = sealed === null ? { why: "no document shows the legal basis" } : { bytes: sealed.length, basis: upload.legalBasisCode };
  return { name: "legal-evidence", outcome: sealed === null ? "FAILED" : "PASSED", evidence };
}

const checkCompleteness = ({ completeness }: Profile): CheckOutcome => ({ name: "completeness", outcome: completeness >= complete ? "PASSED" : "FAILED", evidence: { completeness, atLeast: complete } });
