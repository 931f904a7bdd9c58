import type { RecordFormat } from "../records/index.js";
import { DataKind } from "../schema/market.js";

const kinds: Record<Exclude<RecordFormat, "ARCHIVE">, DataKind> = {
  FHIR_JSON: DataKind.FHIR,
  FHIR_NDJSON: DataKind.FHIR,
  HL7V2: DataKind.HL7V2,
  CSV: DataKind.TABULAR,
  DICOM: DataKind.DICOM,
  IMAGE: DataKind.IMAGE,
  NOTE: DataKind.NOTE,
};

/** @returns the code on the chain for what a record holds: of an archive, its files' formats. */
export function dataKindOf(contents: readonly RecordFormat[]): DataKind {
  const found = new Set(contents.map((format) => (format === "ARCHIVE" ? DataKind.MIXED : kinds[format])));
  const [only = DataKind.MIXED] = found;
  return found.size === 1 ? only : DataKind.MIXED;
}
