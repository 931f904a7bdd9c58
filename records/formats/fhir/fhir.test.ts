import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { dayOf } from "../../dates.js";
import { leaks } from "../../test-support/leak-scan.js";
import { deidentify, moduleFile, modulePath, refusal, text } from "../../test-support/run-node.js";
import { referenceTarget } from "./references.js";
import { type Element, type Release, releases } from "./types.js";

type Json = Record<string, unknown>;

let planted = 0;
/** Unlike any code, number or word of the standards; parts of it stand in ids and URLs too. */
const canary = (): string => `Zq${String(planted++)}XkanariaW`;
const secret = "XkanariaW";

const primitives: Readonly<Record<string, () => unknown>> = {
  string: canary, markdown: canary, uri: () => `http://${canary()}.example.org/${canary()}`, url: () => `https://x.example/${canary()}`, canonical: () => `http://hl7.org/fhir/StructureDefinition/${canary()}`,
  oid: canary, uuid: () => `urn:uuid:${canary()}`, id: canary, code: canary, base64Binary: () => (planted % 2 === 0 ? btoa(canary()) : gzipSync(canary()).toString("base64")), integer64: canary, xhtml: () => `<div>${canary()}</div>`,
  date: canary, dateTime: () => `2020-01-01T${canary()}`, instant: canary, time: canary, boolean: () => true, integer: () => 1, positiveInt: () => 1, unsignedInt: () => 1, decimal: () => 1.5,
};

/** Fills every element of a type with canaries, to a depth that reaches each data type. */
function fill(release: Release, type: string, depth: number): Json {
  const out: Json = {};
  for (const element of release.types.get(type)?.values() ?? []) {
    const value = fillOne(release, element, depth);
    if (value === undefined) continue;
    out[element.name] = element.many ? [value] : value;
    if (primitives[element.type] !== undefined) {
      const companion = { id: canary(), extension: [{ url: `http://${canary()}`, valueString: canary() }] };
      out[`_${element.name}`] = element.many ? [companion] : companion;
    }
  }
  out[canary()] = canary();
  return out;
}

function fillOne(release: Release, element: Element, depth: number): unknown {
  const primitive = primitives[element.type];
  if (primitive !== undefined) return primitive();
  if (depth === 0) return undefined;
  if (element.type === "Resource") return depth > 1 ? { resourceType: "Patient", ...fill(release, "Patient", 1) } : undefined;
  if (element.type === "Coding") return { ...fill(release, "Coding", 0), system: depth % 2 === 0 ? "http://loinc.org" : `http://${canary()}`, code: canary() };
  return fill(release, element.type, depth - 1);
}

void test("a canary in every string-typed path of every accepted resource does not come out", async (t) => {
  let [paths, types, asR5] = [0, 0, 0];
  for (const release of [releases.r4, releases.r5]) for (const type of release.accepted) {
    const before = planted;
    const resource = { resourceType: type, ...fill(release, type, type === "Bundle" ? 4 : 3) };
    const { output, report } = await deidentify(JSON.stringify(resource));
    paths += planted - before;
    types += 1;
    if (report.rules.some(({ rule }) => rule === "fhir.release.R5")) asR5 += 1;
    assert.deepEqual(leaks(output, secret), [], `${type}: ${text(output).slice(0, 400)}`);
    assert.ok(report.totals.removed > 5, type);
    assert.ok(!JSON.stringify(report).includes(secret), `${type}: the report holds a value`);
  }
  assert.ok(paths > 40_000, `only ${paths} canaries were planted`);
  assert.ok(asR5 > 60, `only ${asR5} types were read by R5`);
  t.diagnostic(`FHIR: ${paths} canaries in ${types} resource types of R4 and R5 (${asR5} of them not as in R4), 0 leaked`);
});

const references = (value: unknown, found: string[] = []): string[] => {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  else if (typeof value === "object" && value !== null) {
    const object = value as Json;
    if (typeof object["reference"] === "string") found.push(object["reference"]);
    // Removed whole by rule, with what they refer to.
    for (const [name, inner] of Object.entries(object)) if (!["extension", "modifierExtension", "identifier", "note", "signature"].includes(name)) references(inner, found);
  }
  return found;
};

/** References of a bundle that point to one of its entries. */
function resolved(bundle: Json): number {
  const names = new Set<string>();
  for (const entry of (bundle["entry"] as Json[] | undefined) ?? []) {
    if (typeof entry["fullUrl"] === "string") names.add(entry["fullUrl"]);
    const resource = entry["resource"] as Json | undefined;
    if (typeof resource?.["id"] === "string") names.add(`${String(resource["resourceType"])}/${resource["id"]}`);
  }
  const kept = ((bundle["entry"] as Json[] | undefined) ?? []).map(({ resource }) => resource);
  return references(kept).filter((reference) => names.has(reference)).length;
}

void test("references of the published bundles point where they pointed before", async () => {
  let total = 0;
  for (const name of readdirSync(modulePath("hl7.fhir.r4.examples")).filter((file) => file.startsWith("Bundle-"))) {
    const input = moduleFile(`hl7.fhir.r4.examples/${name}`);
    if (input.length > 2_000_000) continue;
    let output: Uint8Array;
    try { ({ output } = await deidentify(input)); }
    catch { continue; }
    const [before, after] = [resolved(JSON.parse(text(input)) as Json), resolved(JSON.parse(text(output)) as Json)];
    // More may resolve than did: a reference to one version of a resource becomes one to the resource.
    assert.ok(after >= before, `${name}: ${before} before, ${after} after`);
    total += after;
  }
  assert.ok(total > 50);
});

void test("intervals within a patient are exact, over all resources of a bundle, and differ between patients", async () => {
  const patient = (id: string): Json => ({ fullUrl: `urn:uuid:${id}`, resource: { resourceType: "Patient", id, birthDate: "1980-02-29" } });
  const observation = (of: string, date: string): Json => ({ resource: { resourceType: "Observation", id: `${of}-${date}`, status: "final", code: {}, subject: { reference: of }, effectiveDateTime: date } });
  const encounter = { resource: { resourceType: "Encounter", id: "e1", status: "finished", subject: { reference: "Patient/b" }, period: { start: "2019-12-31T23:59:59+01:00", end: "2020-03-01" } } };
  const report = { resource: { resourceType: "Provenance", id: "p1", target: [{ reference: "Encounter/e1" }], recorded: "2020-03-02T00:00:00Z", agent: [{ who: { reference: "Practitioner/x" } }] } };
  const bundle = { resourceType: "Bundle", type: "collection", entry: [patient("a"), patient("b"), observation("Patient/a", "2020-01-01"), observation("urn:uuid:b", "2020-01-01"), encounter, report] };
  const { output } = await deidentify(JSON.stringify(bundle));
  const out = JSON.parse(text(output)) as { entry: { resource: Record<string, never> }[] };
  const at = (index: number): Record<string, never> => out.entry[index]?.resource ?? {};
  const day = (value: unknown): number => dayOf(String(value)) ?? Number.NaN;
  const moved = [
    day(at(0)["birthDate"]) - day("1980-02-29"), day(at(1)["birthDate"]) - day("1980-02-29"), day(at(2)["effectiveDateTime"]) - day("2020-01-01"), day(at(3)["effectiveDateTime"]) - day("2020-01-01"),
    day((at(4)["period"] as unknown as { start: string }).start) - day("2019-12-31"), day((at(4)["period"] as unknown as { end: string }).end) - day("2020-03-01"), day(at(5)["recorded"]) - day("2020-03-02"),
  ];
  assert.equal(moved[0], moved[2]);
  for (const index of [3, 4, 5, 6]) assert.equal(moved[index], moved[1], `date ${index}`);
  assert.notEqual(moved[0], moved[1]);
  assert.ok(moved.every((days) => days <= -30 && days >= -394));
  assert.match(String((at(4)["period"] as unknown as { start: string }).start), /T23:59:59\+01:00$/);
});

void test("the same patient moves alike in a bundle and in a bulk export", async () => {
  const line = JSON.stringify({ resourceType: "Observation", id: "1", status: "final", code: {}, subject: { reference: "Patient/a" }, effectiveDateTime: "2020-01-01" });
  const alone = JSON.parse(text((await deidentify(line)).output)) as Json;
  const bulk = text((await deidentify(`${line}\n${JSON.stringify({ resourceType: "Patient", id: "a" })}\n`)).output).split("\n").map((one) => (one === "" ? {} : (JSON.parse(one) as Json)));
  assert.equal(bulk[0]?.["effectiveDateTime"], alone["effectiveDateTime"]);
  assert.equal((bulk[0]?.["subject"] as Json)["reference"], `Patient/${String(bulk[1]?.["id"])}`);
  assert.deepEqual(referenceTarget(String((alone["subject"] as Json)["reference"])), { type: "Patient", id: bulk[1]?.["id"] });
});

void test("known positives: what is clinical stays", async () => {
  const { output } = await deidentify(JSON.stringify({
    resourceType: "Observation", id: "x", status: "final", category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory", display: "Laboratory" }] }],
    code: { coding: [{ system: "http://loinc.org", code: "718-7", display: "Hemoglobin" }], text: "Hb of John" }, valueQuantity: { value: 7.2, unit: "g/dl", system: "http://unitsofmeasure.org", code: "g/dL" },
    extension: [{ url: "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", valueString: "Miller" }],
  }));
  const out = JSON.parse(text(output)) as Json;
  assert.deepEqual(out["code"], { coding: [{ system: "http://loinc.org", code: "718-7" }] });
  assert.deepEqual(out["valueQuantity"], { value: 7.2, unit: "g/dl", system: "http://unitsofmeasure.org", code: "g/dL" });
  assert.deepEqual(out["category"], [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }]);
  assert.equal(out["status"], "final");
  assert.equal(out["extension"], undefined);
});

void test("ages over 89 are grouped, in birth dates, ages and observations", async () => {
  const old = JSON.parse(text((await deidentify(JSON.stringify({ resourceType: "Patient", id: "o", birthDate: "1919-05-05", address: [{ state: "NY", postalCode: "12180", city: "Troy", country: "US" }] }))).output)) as Json;
  assert.equal(old["birthDate"], "1936");
  assert.deepEqual(old["address"], [{ state: "NY", country: "US", postalCode: "121" }]);
  const condition = JSON.parse(text((await deidentify(JSON.stringify({ resourceType: "Condition", subject: { reference: "Patient/o" }, onsetAge: { value: 97, unit: "years", system: "http://unitsofmeasure.org", code: "a" } }))).output)) as Json;
  assert.equal((condition["onsetAge"] as Json)["value"], 90);
  const age = JSON.parse(text((await deidentify(JSON.stringify({ resourceType: "Observation", status: "final", code: { coding: [{ system: "http://loinc.org", code: "30525-0" }] }, valueQuantity: { value: 101, code: "a", system: "http://unitsofmeasure.org" } }))).output)) as Json;
  assert.equal((age["valueQuantity"] as Json)["value"], 90);
});

void test("what must be there, but had to go, says so", async () => {
  const out = JSON.parse(text((await deidentify(JSON.stringify({ resourceType: "Composition", status: "final", type: { text: "Letter" }, date: "2020-01-01", author: [{ display: "Dr. Who" }], title: "About John" }))).output)) as Json;
  const masked = { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "masked" }] };
  assert.deepEqual(out["_title"], masked);
  assert.deepEqual(out["type"], masked);
  assert.deepEqual(out["author"], [masked]);
  const historical = JSON.parse(text((await deidentify(JSON.stringify({ resourceType: "Immunization", status: "completed", patient: { reference: "Patient/1" }, occurrenceString: "as a child in Elmira" }))).output)) as Json;
  assert.deepEqual(historical["_occurrenceString"], masked, "a choice that is required");
});

void test("what R5 changed or added is read by R5, with its codes, and each resource of a bulk export by its own release", async () => {
  const encounter = { resourceType: "Encounter", id: "e", status: "completed", class: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory", display: "Dr. X" }] }], subject: { reference: "Patient/a" }, actualPeriod: { start: "2020-01-01" } };
  const older = { resourceType: "Encounter", id: "o", status: "finished", class: { system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }, subject: { reference: "Patient/a" }, period: { start: "2020-01-01" } };
  const selection = { resourceType: "ImagingSelection", id: "s", status: "available", code: { text: "John" }, subject: { reference: "Patient/a" }, studyUid: "1.2.840.1", bodySite: { concept: { coding: [{ system: "http://snomed.info/sct", code: "72696002" }], text: "left knee of John" } } };
  const { output, report } = await deidentify([older, encounter, selection, older].map((line) => JSON.stringify(line)).join("\n"));
  const [first, second, third, last] = text(output).trim().split("\n").map((line) => JSON.parse(line) as Json);
  assert.deepEqual([second?.["status"], second?.["class"]], ["completed", [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }]]);
  assert.equal((second?.["actualPeriod"] as Json)["start"], (first?.["period"] as Json)["start"]);
  assert.deepEqual(third?.["bodySite"], { concept: { coding: [{ system: "http://snomed.info/sct", code: "72696002" }] } });
  assert.match(String(third?.["studyUid"]), /^2\.25\./);
  assert.deepEqual(last, first, "an older resource after newer ones");
  assert.equal(report.records, 4);
  assert.deepEqual(report.rules.filter(({ rule }) => rule === "fhir.release.R5").map(({ where, count }) => [where, count]), [["Encounter", 1], ["ImagingSelection", 1]]);
  assert.ok(report.rules.every(({ count }) => count > 0), "what the other reading counted is taken back");
  const alone = await deidentify(JSON.stringify(encounter));
  assert.equal(text(alone.output).trim(), JSON.stringify(second));
  const error = await refusal(() => deidentify(JSON.stringify({ ...selection, subject: 5 })));
  assert.equal(error.details["path"], "ImagingSelection.subject");
});

void test("wrong JSON kinds, definitions and damaged lines are refused with their place, never the text", async () => {
  const cases: [string, RegExp, string][] = [
    ['{"resourceType":"Patient","birthDate":5}', /text is expected/, "Patient.birthDate"],
    ['{"resourceType":"Patient","name":{"family":"x"}}', /JSON array/, "Patient.name"],
    ['{"resourceType":"Patient","contact":[3]}', /JSON object/, "Patient.contact"],
    ['{"resourceType":"ValueSet"}', /accepts as a record/, "Resource"],
    ['{"resourceType":"Nonsense"}', /accepts as a record/, "Resource"],
    ['{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"SearchParameter"}}]}', /accepts as a record/, "Bundle.entry.resource"],
    ['{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},{"SecretName":[]}]}', /entry of a bundle/, "Bundle.entry"],
  ];
  for (const [json, reason, path] of cases) {
    const error = await refusal(() => deidentify(json));
    assert.equal(error.code, "FORMAT_INVALID");
    assert.match(String(error.details["reason"]), reason);
    assert.equal(error.details["path"], path);
  }
  const good = '{"resourceType":"Patient","id":"1"}';
  const error = await refusal(() => deidentify(`${good}\n${good}\n{"resourceType":"Patient","id":"SecretName`));
  assert.equal(error.code, "FORMAT_INVALID");
  assert.equal(error.details["line"], 3);
  assert.ok(!JSON.stringify([error.message, error.details]).includes("SecretName"));
});
