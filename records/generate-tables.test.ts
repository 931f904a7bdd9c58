import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dicomDictionary, fhirR5Tables, fhirTables } from "./generate-tables-node.js";
import { noteWords } from "./generate-words-node.js";
import { confidentialityTable } from "./formats/dicom/generated/confidentiality.js";
import { dictionaryEntry, profileEntry } from "./formats/dicom/dictionary.js";
import { releases } from "./formats/fhir/types.js";
import { packageRoot } from "./test-support/run-node.js";

const committed = (path: string): string => readFileSync(join(packageRoot, "records", path), "utf8");

void test("the committed tables are those that the generator makes of the packages", async () => {
  assert.equal(committed("formats/fhir/generated/tables.ts"), await fhirTables());
  assert.equal(committed("formats/fhir/generated/tables-r5.ts"), await fhirR5Tables());
  assert.equal(committed("formats/dicom/generated/dictionary.ts"), dicomDictionary());
  assert.equal(committed("formats/note/generated/words.ts"), await noteWords());
});

void test("table E.1-1 is whole: its 426 rows, and the actions of known attributes", () => {
  assert.equal(confidentialityTable.trim().split("\n").length, 426);
  assert.equal(profileEntry("00100010")?.basic, "Z");
  assert.equal(profileEntry("00100030")?.basic, "Z");
  assert.equal(profileEntry("00080080")?.basic, "X/Z/D");
  assert.equal(profileEntry("00080018")?.basic, "U");
  assert.equal(profileEntry("00080020")?.modifiedDates, "C");
  assert.equal(profileEntry("00100040")?.patientCharacteristics, "K");
  assert.equal(profileEntry("60004000")?.basic, "X");
  assert.equal(profileEntry("50FE0010")?.basic, "X");
  assert.equal(profileEntry("00280010"), null);
  for (const line of confidentialityTable.trim().split("\n")) {
    const tag = line.split(" ")[0] ?? "";
    if (/^[0-9A-F]{8}$/.test(tag) && !tag.startsWith("0000")) assert.ok(dictionaryEntry(tag) !== null || profileEntry(tag)?.basic !== undefined, tag);
  }
});

void test("the StructureDefinitions are read as they are", () => {
  const { types } = releases.r4;
  assert.equal(types.get("Patient")?.get("birthDate")?.type, "date");
  assert.equal(types.get("Patient")?.get("name")?.many, true);
  assert.deepEqual([...(types.get("Patient")?.get("gender")?.codes ?? [])], ["female", "male", "other", "unknown"]);
  assert.equal(types.get("Observation")?.get("valueQuantity")?.type, "Quantity");
  assert.equal(types.get("Observation.component")?.get("referenceRange")?.type, "Observation.referenceRange");
  assert.equal(types.get("Composition")?.get("title")?.required, true);
  assert.ok(types.size > 600);
  const r5 = releases.r5.types;
  assert.deepEqual([types.get("Encounter")?.get("class")?.type, types.get("Encounter")?.get("class")?.many, r5.get("Encounter")?.get("class")?.type, r5.get("Encounter")?.get("class")?.many], ["Coding", false, "CodeableConcept", true]);
  assert.deepEqual([types.get("Encounter")?.get("status")?.codes?.has("completed"), r5.get("Encounter")?.get("status")?.codes?.has("completed")], [false, true]);
  assert.deepEqual([types.has("Media"), r5.has("Media"), types.has("ImagingSelection"), r5.has("ImagingSelection"), releases.r5.accepted.has("Media")], [true, false, false, true, false]);
});
