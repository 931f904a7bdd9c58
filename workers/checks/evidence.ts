import type { Upload } from "../../schema/entities/upload.js";
import type { WorkerDeps } from "../deps.js";
import { readStagedEvidence } from "../legal-evidence.js";
import type { CheckOutcome } from "./check-list.js";

/** The document is here, and has the hash of the listing's terms. */
export async function checkEvidence({ objects, stagingKey }: Pick<WorkerDeps, "objects" | "stagingKey">, upload: Upload): Promise<CheckOutcome> {
  const sealed = await readStagedEvidence(objects, stagingKey, upload);
  const evidence = sealed === null ? { why: "no document shows the legal basis" } : { bytes: sealed.length, basis: upload.legalBasisCode };
  return { name: "legal-evidence", outcome: sealed === null ? "FAILED" : "PASSED", evidence };
}
