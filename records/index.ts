/** The room's public face: recognise, validate, de-identify and profile medical records, in Node and in the browser. */
export type { RecordFormat, RecordOptions, RecordSource, RecordValidation } from "./format.js";
export { bytesSource, collect, defaultMaxBytes, headBytes } from "./bytes.js";
export { recognizeFormat } from "./recognize.js";
export { type Deidentified, type DeidentifyOptions, deidentifyRecord, profileRecord, validateRecord } from "./process.js";
export type { ImageProfile, Profile } from "./profile.js";
export type { Action, DeidentificationReport, Risk, RuleCount } from "./report.js";
export type { ColumnRole } from "./formats/csv/rules.js";
export { recordFeatures } from "./checks/features.js";
export { MinHash, nearDuplicate, signatureLength, similarity } from "./checks/minhash.js";
export { checkCompleteness, checkConformance, checkResidual, type RecordCheck } from "./checks/outcomes.js";
export { type Residual, scanResidual } from "./checks/residual.js";
export { isSystemFile } from "./formats/archive/member.js";
export { type OutgoingMember, writeZip } from "./formats/archive/zip-writer.js";
export { withoutPatients, type WithoutPatients } from "./without-patients.js";
export { rules } from "./rules.js";
export { observationsCsv } from "./samples/observations-csv.js";
export { observationSources, type SampleSource, sampleSources } from "./samples/sources.js";
