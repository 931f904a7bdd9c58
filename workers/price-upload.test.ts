import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadCommittedModel, predict } from "../ml-model/predict.js";
import type { Profile } from "../records/index.js";
import { DataKind } from "../schema/market.js";
import { priceInput, storePrediction } from "./price-upload.js";

const names = ["LABORATORY", "VITAL_SIGNS", "CONDITIONS", "MEDICATIONS", "PROCEDURES", "ENCOUNTERS", "IMMUNIZATIONS", "ALLERGIES", "DEMOGRAPHICS", "IMAGING:MR", "IMAGING:CT", "SOMETHING_NEW"];
const profiles: fc.Arbitrary<Profile> = fc.record({
  format: fc.constantFrom("FHIR_JSON", "FHIR_NDJSON", "HL7V2", "CSV", "DICOM", "ARCHIVE"),
  bytes: fc.nat(2 ** 30),
  recordCount: fc.nat(1_000_000),
  patientCount: fc.nat(1_000_000),
  patientCountSuppressed: fc.boolean(),
  modalities: fc.uniqueArray(fc.constantFrom(...names)),
  resourceTypes: fc.constant([]),
  codeSystems: fc.array(fc.record({ system: fc.constantFrom("http://loinc.org", "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10", "http://www.nlm.nih.gov/research/umls/rxnorm", "urn:x"), count: fc.nat() })),
  topConditions: fc.constant([]),
  completeness: fc.double({ min: 0, max: 1, noNaN: true }),
  spanYears: fc.double({ min: 0, max: 400, noNaN: true }),
  newestYear: fc.option(fc.integer({ min: 1800, max: 2100 })),
  image: fc.constant(null),
});
const risks = fc.record({
  k: fc.option(fc.nat(100)), smallestClass: fc.option(fc.nat(1_000)), uniqueShare: fc.constant(null), utilityLoss: fc.constant(null), explanation: fc.constant(""),
});
const kinds = fc.constantFrom(DataKind.FHIR, DataKind.HL7V2, DataKind.TABULAR, DataKind.DICOM);

test("whatever a profile says, the model can be asked, and its answer survives JSON", async () => {
  const model = await loadCommittedModel();
  fc.assert(
    fc.property(profiles, risks, kinds, (profile, risk, kind) => {
      const prediction = predict(model, priceInput(profile, { risk }, kind, new Date("2026-06-01")));
      const stored = JSON.parse(JSON.stringify(storePrediction(prediction))) as ReturnType<typeof storePrediction>;
      assert.deepEqual([BigInt(stored.p10), BigInt(stored.p50), BigInt(stored.p90)], [prediction.p10, prediction.p50, prediction.p90]);
      assert.equal(stored.modelHash, prediction.modelHash);
      assert.equal(stored.reasons.length, prediction.reasons.length);
    }),
    { numRuns: 200 },
  );
});

test("what a profile knows is told to the model, and what it does not is left out", () => {
  const profile: Profile = {
    format: "FHIR_JSON", bytes: 80_000, recordCount: 40, patientCount: 5, patientCountSuppressed: true, modalities: ["LABORATORY", "CONDITIONS", "IMAGING:MR", "VITAL_SIGNS"], resourceTypes: [],
    codeSystems: [{ system: "http://loinc.org", count: 3 }, { system: "urn:x", count: 1 }], topConditions: [], completeness: 0.8, spanYears: 2, newestYear: 2025, image: null,
  };
  const risk = { k: null, smallestClass: null, uniqueShare: null, utilityLoss: null, explanation: "" };
  assert.deepEqual(priceInput(profile, { risk }, DataKind.FHIR, new Date("2026-07-01T00:00:00Z")), {
    kind: "FHIR", bytes: 80_000, records: 40, patients: 5, modalities: { laboratory: 0.25, clinical: 0.5, imaging: 0.25 }, codeSystems: ["LOINC", "OTHER"], completeness: 0.8, recencyDays: 365, spanDays: 730.5,
    deidentification: "SAFE_HARBOR",
  });
  const unknown = priceInput({ ...profile, patientCount: 0, modalities: [], codeSystems: [], newestYear: null }, { risk: { ...risk, k: 5, smallestClass: 7 } }, DataKind.TABULAR, new Date());
  assert.deepEqual(Object.keys(unknown).sort(), ["bytes", "completeness", "deidentification", "kAnonymity", "kind", "records"]);
  assert.equal(unknown.deidentification, "K_ANONYMOUS");
});
