import { AppError } from "../../schema/errors.js";
import type { RecordFormat, RecordSource } from "../format.js";
import { validateRecord } from "../process.js";
import type { Profile } from "../profile.js";
import type { DeidentificationReport } from "../report.js";
import { scanResidual } from "./residual.js";

/** How a check of a de-identified record set ended: by a worker, or in client-side mode by the provider's own machine. Evidence is counts and shares. */
export interface RecordCheck<Name extends string = string, Evidence = Readonly<Record<string, unknown>>> {
  name: Name;
  /** UNAVAILABLE: it cannot be told, and `evidence.why` says why. */
  outcome: "PASSED" | "FAILED" | "UNAVAILABLE";
  evidence: Evidence;
}

/** Below this share of filled elements a set is told to be incomplete. */
const complete = 0.5;

/** A second look at the output for the people of the source, and for what reads like an identifier. */
export async function checkResidual(format: RecordFormat, output: RecordSource, source: RecordSource): Promise<RecordCheck<"residual-identifiers">> {
  const { lookedFor, found, patterns } = await scanResidual(format, output, source);
  const kinds = Object.keys(patterns);
  const why = found > 0 ? `${found} times an identifier of the source is still there` : kinds.length > 0 ? `something reads like an identifier: ${kinds.join(", ")}` : null;
  if (lookedFor === null) return { name: "residual-identifiers", outcome: "UNAVAILABLE", evidence: { why: "the set is pixels alone: what is written in them was looked for when it was de-identified, and is not read again" } };
  return { name: "residual-identifiers", outcome: why === null ? "PASSED" : "FAILED", evidence: { lookedFor, found, patterns, ...(why === null ? {} : { why }) } };
}

/**
 * Whether the output of de-identification is a file of its format, by our own parser from the start again.
 * @param secondParser - parses it by another program; gives its name, or null where there is none, and throws where it refuses.
 */
export async function checkConformance(format: RecordFormat, output: RecordSource, report: Pick<DeidentificationReport, "records">, secondParser: () => Promise<string | null> = () => Promise.resolve(null)): Promise<RecordCheck<"format-conformance">> {
  const name = "format-conformance";
  try {
    const { format: told, records } = await validateRecord(output, { notes: true });
    const second = await secondParser();
    const why = told !== format ? `it reads as ${told}` : records !== report.records ? `${records} records instead of ${report.records}` : null;
    return { name, outcome: why === null ? "PASSED" : "FAILED", evidence: { format, records, secondParser: second, ...(why === null ? {} : { why }) } };
  } catch (error) {
    // A store or a database that is away says nothing about the file.
    if (error instanceof AppError && error.retryable) throw error;
    return { name, outcome: "FAILED", evidence: { format, why: error instanceof AppError ? error.message : "the second parser refuses it" } };
  }
}

/** Whether at least half of what such records should fill is filled. */
export const checkCompleteness = ({ completeness }: Pick<Profile, "completeness">): RecordCheck<"completeness", { completeness: number; atLeast: number }> => ({ name: "completeness", outcome: completeness >= complete ? "PASSED" : "FAILED", evidence: { completeness, atLeast: complete } });
