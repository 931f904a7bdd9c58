import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../platform/package-root.js";
import { sampleSources } from "../../../records/index.js";

/** Real records that nobody here made (FHIR, HL7 v2, DICOM), by format. */
export const samples = sampleSources.map(({ name, format, path }) => ({ name, format, bytes: new Uint8Array(readFileSync(join(packageRoot(), "node_modules", path))) }));

/** A small table with direct identifiers; `marker` stands in a column that de-identification drops. */
export function table(rows: number, marker = "Meier"): Uint8Array {
  const lines = Array.from({ length: rows }, (_, i) => `${marker}-${i},19${50 + (i % 3) * 10}-01-01,${i % 2 === 0 ? "F" : "M"},2024-02-${10 + (i % 5)},718-7,${12 + (i % 4)},g/dL`);
  return new TextEncoder().encode(`patient name,birth date,sex,effective date,loinc code,value,unit\n${lines.join("\n")}\n`);
}
