import type { DeidentificationReport, RecordCheck, RecordSource } from "../records/index.js";

/** What the listing of a client-side upload says of its record: by its provider's word alone. */
export interface ToldRecord {
  report: Pick<DeidentificationReport, "format" | "records">;
  /** Of the listing's metadata. */
  profile: { recordCount: number; completeness: number; modalities: readonly string[]; spanYears: number; newestYear: number | null };
}

/**
 * Looks at a decrypted record for what its provider says of it, on the reader's own machine: auditors of client-side uploads, of which the platform recomputed
 * nothing. The source is not there: people's names cannot be looked for, only what has the form of an identifier.
 */
export async function recheckRecord(source: RecordSource, { report, profile }: ToldRecord): Promise<RecordCheck[]> {
  const { checkConformance, profileRecord, scanResidual } = await import("../records/index.js");
  const { patterns } = await scanResidual(report.format, source, null);
  const conformance = await checkConformance(report.format, source, report);
  return [
    { name: "identifier-patterns", outcome: Object.keys(patterns).length === 0 ? "PASSED" : "FAILED", evidence: { patterns } },
    conformance,
    conformance.outcome === "PASSED" ? compareProfile(await profileRecord(source), profile) : { name: "profile", outcome: "UNAVAILABLE", evidence: { why: "the record is not of its format" } },
  ];
}

function compareProfile(found: ToldRecord["profile"], told: ToldRecord["profile"]): RecordCheck {
  const compared = ["recordCount", "completeness", "modalities", "spanYears", "newestYear"] as const;
  const different = compared.filter((field) => JSON.stringify(found[field]) !== JSON.stringify(told[field]));
  return { name: "profile", outcome: different.length === 0 ? "PASSED" : "FAILED", evidence: { compared, different } };
}
