import type { RecordFormat } from "../records/index.js";
import { DataKind } from "../schema/market.js";

const kinds: Record<RecordFormat, DataKind> = {
  FHIR_JSON: DataKind.FHIR,
  FHIR_NDJSON: DataKind.FHIR,
  HL7V2: DataKind.HL7V2,
  CSV: DataKind.TABULAR,
  DICOM: DataKind.DICOM,
};

/** @returns the code that a format has on the chain. */
export const dataKindOf = (format: RecordFormat): DataKind => kinds[format];
