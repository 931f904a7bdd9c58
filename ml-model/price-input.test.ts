import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../schema/errors.js";
import { DataKind, Purpose, bitNames } from "../schema/market.js";
import { kinds, parsePriceInput, purposes } from "./price-input.js";

const absurd: [string, unknown, string][] = [
  ["no kind", {}, "kind"],
  ["an unknown format", { kind: "PDF" }, "kind"],
  ["more than complete", { kind: "FHIR", completeness: 1.2 }, "completeness"],
  ["not a number", { kind: "FHIR", completeness: Number.NaN }, "completeness"],
  ["no bytes", { kind: "FHIR", bytes: 0 }, "bytes"],
  ["half a patient", { kind: "FHIR", patients: 0.5 }, "patients"],
  ["more patients than people", { kind: "FHIR", patients: 9e9 }, "patients"],
  ["more patients than records", { kind: "FHIR", patients: 10, records: 5 }, "patients"],
  ["more records than bytes", { kind: "FHIR", records: 10, bytes: 5 }, "records"],
  ["records of the future", { kind: "FHIR", recencyDays: -1 }, "recencyDays"],
  ["infinite span", { kind: "FHIR", spanDays: Infinity }, "spanDays"],
  ["impossible prevalence", { kind: "FHIR", prevalence: 0 }, "prevalence"],
  ["shares over 1", { kind: "FHIR", modalities: { imaging: 0.7, note: 0.7 } }, "modalities"],
  ["an unknown modality", { kind: "FHIR", modalities: { astrology: 1 } }, "modalities"],
  ["a misspelt field", { kind: "FHIR", patient: 3 }, "patient"],
  ["absurd demand", { kind: "FHIR", market: { demand: -4 } }, "market.demand"],
  ["not an object", 7, "input"],
];

for (const [name, value, field] of absurd) {
  test(`refuses ${name}, naming ${field}`, () => {
    assert.throws(() => parsePriceInput(value), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "PRICE_INPUT_INVALID");
      assert.ok(String(error.details["field"]).startsWith(field), `names ${String(error.details["field"])}`);
      return true;
    });
  });
}

test("speaks the codes of schema/market", () => {
  assert.deepEqual([...kinds], Object.keys(DataKind).filter((k) => Number.isNaN(Number(k))));
  assert.deepEqual([...purposes], bitNames(Purpose, 127));
});
