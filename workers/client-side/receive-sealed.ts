import { rules, type RecordFormat } from "../../records/index.js";
import type { Upload } from "../../schema/entities/upload.js";
import { AppError } from "../../schema/errors.js";
import { advanceUpload } from "../advance-upload.js";
import type { CheckOutcome } from "../checks/check-list.js";
import { checkSameCiphertext, nearDuplicateUnknown } from "../checks/duplicates.js";
import { checkEvidence } from "../checks/evidence.js";
import { recordChecks, requirePassed } from "../checks/record-checks.js";
import { dataKindOf } from "../data-kind.js";
import type { WorkerDeps } from "../deps.js";
import { refuseDuplicate } from "../refuse-duplicate.js";
import { openSealedUpload } from "./sealed-upload.js";

export type ReceiveSealedDeps = Pick<WorkerDeps, "database" | "objects" | "stagingKey" | "fileKeys">;

/**
 * RECEIVED → CHECKED of client-side mode: holds what the provider encrypted to what the provider signed, as far as that can be done without its plain text, and
 * writes down the rest as the provider's word. Nothing is decrypted.
 * Throws STATEMENT_INVALID, RULES_UNKNOWN, CHECK_FAILED, DUPLICATE_CONTENT.
 */
export async function receiveSealed(deps: ReceiveSealedDeps, upload: Upload): Promise<void> {
  const { statement, fileKey, stored } = await openSealedUpload(deps, upload);
  // Shares say nothing of the key that they give: auditors are the first who see that it opens the record.
  const isShared = !(fileKey instanceof Uint8Array);
  if (!isShared) fileKey.fill(0);
  const { report, profile, commitments, contentHash } = statement;
  // Older rules may have let through what these do not: a client updates before it sends.
  if (report.rulesVersion !== rules.version || report.rulesHash !== rules.rulesHash) throw new AppError("RULES_UNKNOWN", `The record was de-identified by rules ${report.rulesVersion}; this platform takes ${rules.version}, from its own release alone.`, { details: { version: rules.version, rulesHash: rules.rulesHash } });
  for await (const piece of stored) void piece;
  const { plaintextRoot, ciphertextRoot, keyCommitment, plainSize, storedSize } = commitments;
  const outcomes: CheckOutcome[] = [
    { name: "sealed-payload", outcome: "PASSED", evidence: { storedSize, held: ["ciphertextRoot", "storedSize", ...(isShared ? [] : ["keyCommitment"])], notRecomputed: ["plaintextRoot", ...(isShared ? ["keyCommitment"] : [])] } },
    ...statement.checks.map((check) => ({ ...check, attestedBy: "PROVIDER" as const })),
    await checkEvidence(deps, upload),
    await checkSameCiphertext(deps.database, upload.id, ciphertextRoot),
    nearDuplicateUnknown,
  ];
  try {
    requirePassed(outcomes);
  } catch (error) {
    await recordChecks(deps.database, upload.id, outcomes);
    throw error;
  }
  const contents = report.members === undefined ? [report.format] : (Object.keys(report.members) as RecordFormat[]);
  await refuseDuplicate(() =>
    advanceUpload(deps.database, {
      upload,
      from: "RECEIVED",
      to: "CHECKED",
      set: { format: report.format, dataKind: dataKindOf(contents), contentHash, report, profile, deidentifiedSize: BigInt(plainSize), plaintextRoot, ciphertextRoot, keyCommitment },
      told: { format: report.format },
      also: (manager) => recordChecks(manager, upload.id, outcomes),
    }),
  );
}
