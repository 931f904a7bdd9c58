import assert from "node:assert/strict";
import { test } from "node:test";
import { luhn, verhoeff } from "./check-digits.js";
import { checkFhirCode, checkNamedCode, systemUrl } from "./code-systems.js";
import { zip3 } from "./places.js";
import { isUnit } from "./units.js";

void test("check digits of LOINC and SNOMED CT are told right from wrong", () => {
  for (const code of ["718-7", "8302-2", "29463-7", "30525-0", "2085-9"]) assert.ok(luhn(code), code);
  for (const code of ["718-8", "8302-3", "12345-6"]) assert.ok(!luhn(code), code);
  for (const code of ["22298006", "73211009", "44054006", "38341003", "404684003"]) assert.ok(verhoeff(code), code);
  for (const code of ["22298007", "123456789", "73211008"]) assert.ok(!verhoeff(code), code);
});

void test("a code stays only in a known system, and only in that system's form", () => {
  assert.equal(checkFhirCode("http://loinc.org", "718-7"), "known");
  assert.equal(checkFhirCode("http://loinc.org", "John Doe"), "bad-code");
  assert.equal(checkFhirCode("http://hospital.example.org/codes", "718-7"), "unknown");
  assert.equal(checkFhirCode("http://hl7.org/fhir/sid/icd-10", "E11.9"), "known");
  assert.equal(checkFhirCode("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "M"), "known");
  assert.equal(checkFhirCode("http://hl7.org/fhir/v3/MaritalStatus", "M"), "known");
  assert.equal(checkFhirCode("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "Miller"), "bad-code");
  assert.equal(checkFhirCode("http://unitsofmeasure.org", "mg/dL"), "known");
  assert.equal(checkNamedCode("LN", "718-7"), "known");
  assert.equal(checkNamedCode("HL70001", "F"), "known");
  assert.equal(checkNamedCode("L", "X"), "unknown");
  assert.equal(systemUrl("SCT"), "http://snomed.info/sct");
});

void test("units are told from words", () => {
  for (const unit of ["mg/dL", "mmol/L", "10*3/uL", "10^12/L", "10(9)/L", "%", "mm[Hg]", "/min", "kg/m2", "mL/min/{1.73_m2}".replace("{1.73_m2}", "m2"), "beats/minute", "[degF]", "fL", "g/dl", "lbs", "K/ul", "ug", "{score}"]) assert.ok(isUnit(unit), unit);
  for (const text of ["John", "Doe", "Miller", "12180-1234", "{John Doe}", "ward 7", "555-1234", "Zq1XkanariaW", "mg/John"]) assert.ok(!isUnit(text), text);
});

void test("postcodes are cut to three digits, and to zeros where few people live", () => {
  assert.equal(zip3("12180"), "121");
  assert.equal(zip3("12180-1234"), "121");
  assert.equal(zip3("03601"), "000");
  assert.equal(zip3("SW1A 1AA"), null);
});
