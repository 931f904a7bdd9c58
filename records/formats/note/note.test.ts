import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesSource, collect, profileRecord, recognizeFormat, scanResidual, validateRecord, writeZip } from "../../index.js";
import { leaks } from "../../test-support/leak-scan.js";
import { inventMended, mendedOn } from "../../test-support/notes/mended-on.js";
import { type Gold, readMarks } from "../../test-support/notes/marked.js";
import { Invent } from "../../test-support/notes/invent.js";
import { NoteScore } from "../../test-support/notes/measure-notes.js";
import { inventUnseen, unseen } from "../../test-support/notes/unseen.js";
import { writtenOn } from "../../test-support/notes/written-on.js";
import { deidentify, moduleFile, refusal, text, utf8 } from "../../test-support/run-node.js";
import { findInNote } from "./deidentify-note.js";
import { nobodyKnown } from "./people.js";
import type { Kind } from "./span.js";

const clean = async (note: string): Promise<string> => text((await deidentify(note, { notes: true })).output);
const asked = { days: -50, referenceDate: new Date("2026-01-01") };

function measure(templates: readonly ((make: Invent) => string)[], inventor: (seed: number) => Invent, each: number): NoteScore {
  const score = new NoteScore();
  for (let round = 0; round < each; round += 1) for (const [at, template] of templates.entries()) {
    const { text: note, gold } = readMarks(template(inventor(round * 131 + at + 1)));
    score.add(note, gold, findInNote(note, nobodyKnown, asked));
  }
  return score;
}

void test("on notes that no rule was written or mended on, the bar of free text is reached: the table by class", (t) => {
  const score = measure(unseen, inventUnseen, process.env["GALEN_DEEP"] ? 500 : 40);
  t.diagnostic(`unseen notes\n${score.table}`);
  assert.ok(score.recall() >= 0.98, `recall ${score.recall()}\n${score.missed.slice(0, 20).join("\n")}`);
  for (const kinds of [["name"], ["mrn"], ["ssn"]] as Gold[][]) assert.ok(score.recall(kinds) >= 0.99, `${kinds.join()} ${score.recall(kinds)}\n${score.missed.slice(0, 20).join("\n")}`);
  assert.ok(score.precision.found / score.precision.all >= 0.9, `precision\n${score.excess.slice(0, 20).join("\n")}`);
});

void test("on the notes that they were written and mended on, the rules find no less", () => {
  const score = measure(writtenOn, (seed) => new Invent(seed), 8);
  const mended = measure(mendedOn, inventMended, 8);
  for (const { missed, ...one } of [score, mended].map((each) => ({ recall: each.recall(), precision: each.precision.found / each.precision.all, missed: each.missed }))) assert.ok(one.recall >= 0.99 && one.precision >= 0.95, `${JSON.stringify(one)}\n${missed.slice(0, 10).join("\n")}`);
});

void test("notes are taken only where the provider says so, and only in English", async () => {
  const note = "Dear colleague,\nthank you for referring the patient.";
  assert.equal(recognizeFormat(utf8(note)), "NOTE");
  const refused = await refusal(() => validateRecord(bytesSource(utf8(note))));
  assert.deepEqual([refused.code, refused.details["format"]], ["DEIDENTIFICATION_REFUSED", "NOTE"]);
  assert.match(refused.message, /notes: true/);
  assert.equal((await validateRecord(bytesSource(utf8(note)), { notes: true })).records, 1);
  const [, ...headless] = text(moduleFile("hl7-standard/tests/data/message.hl7")).split(/[\r\n]+/);
  const bundle = text(moduleFile("hl7.fhir.r4.examples/Bundle-father.json"));
  for (const spoilt of [headless.join("\r"), `x${bundle}`]) assert.equal((await refusal(() => validateRecord(bytesSource(utf8(spoilt)), { notes: true }))).code, "FORMAT_UNKNOWN");
  const german = "Der Patient wurde gestern wegen starker Schmerzen in der Brust aufgenommen und klagt seit einigen Tagen über zunehmende Atemnot beim Treppensteigen, welche sich in der Nacht verschlimmert hat. Herr Doktor Meier untersuchte ihn noch am selben Abend.";
  assert.match((await refusal(() => validateRecord(bytesSource(utf8(german)), { notes: true }))).message, /English/);
  assert.equal((await refusal(() => validateRecord(bytesSource(new Uint8Array([...utf8(`${note} `), 0xff, 0xfe, 65])), { notes: true }))).code, "FORMAT_UNKNOWN");
});

void test("data of another format that lost its head is no note: its identifiers stand between separators, not in sentences", async () => {
  const prose = "The patient was seen today for follow-up of hypertension and feels well. ".repeat(3);
  const pieces = [
    "PID||12345-67^internal|4019060^^^^EPI||MotherToBe^Jane^A^^^||19650601|F", "name: Jane | born: 1965-06-01 | number: 12345 | ward",
    '"resourceType":"Patient","identifier":[{"value":"12345-67"}]', '<given value="Jane"/>', "<name>Jane</name>",
  ];
  for (const piece of pieces) {
    const error = await refusal(() => validateRecord(bytesSource(utf8(`${prose}\n${piece}\n${prose}`)), { notes: true }));
    assert.deepEqual([error.code, error.details["line"]], ["FORMAT_UNKNOWN", 2], piece);
  }
});

void test("dates keep their writing and their intervals, relative times and measures stay", async () => {
  const out = await clean("Name: Jane Roe\nSeen 03/14/2021 and again on March 24, 2021. Culture of 3-APR-21 grew MRSA. POD #3, two weeks ago, strength 5/5, BP 120/80, 1/2 tablet, pain 7/10. C5-C6 fusion, HbA1c 7.4, platelets 210000, T12 fracture.");
  const [first, second, third] = [/Seen (\d\d\/\d\d\/\d{4})/.exec(out)?.[1], /again on (\w+ \d+, \d{4})/.exec(out)?.[1], /Culture of (\d+-[A-Z]{3}-\d\d) /.exec(out)?.[1]].map((day) => Date.parse(`${day ?? ""} UTC`) / 86_400_000);
  assert.equal((second ?? 0) - (first ?? 0), 10, out);
  assert.equal((third ?? 0) - (second ?? 0), 10, out);
  for (const kept of ["POD #3, two weeks ago, strength 5/5, BP 120/80, 1/2 tablet, pain 7/10. C5-C6 fusion, HbA1c 7.4, platelets 210000, T12 fracture."]) assert.ok(out.includes(kept), out);
});

void test("the word behind a number stays", async () => {
  assert.match(await clean("Medical record no. 4471903 was looked up. MRN: 4471903 DOB: 03/14/1951. Accession: A-7719 for the lung."), /no\. \d{7} was looked up\. MRN: \d{7} DOB: \S+ Accession: [A-Z]-\d{4} for the lung/);
});

void test("a number as long as its note is replaced; hashing it for each of its digits would take hours", async () => {
  const long = `74283161${"x".repeat(300_000)}`;
  const [, made = ""] = /^The record, accession: (\d{8}[a-z]+) is of the patient\.$/.exec(await clean(`The record, accession: ${long} is of the patient.`)) ?? [];
  assert.deepEqual([made.length, made === long], [long.length, false]);
});

void test("eponyms stay, and people of the same name do not", async () => {
  const out = await clean("Patient with Parkinson's disease, Crohn disease and a Foley catheter. Glasgow Coma Scale 15, negative Murphy sign, Bell's palsy. Seen by Dr. Parkinson and by James Murphy, MD. Kevin Foley, RN placed the Foley catheter.");
  for (const kept of ["Parkinson's disease", "Crohn disease", "a Foley catheter", "Glasgow Coma Scale", "Murphy sign", "Bell's palsy", "the Foley catheter."]) assert.ok(out.includes(kept), `${kept}: ${out}`);
  for (const gone of ["Dr. Parkinson", "James", "Murphy, MD", "Kevin", "Foley, RN"]) assert.ok(!out.includes(gone), `${gone}: ${out}`);
});

void test("the same words get the same others over all notes of a job, in capitals and as possessives too, and others under another key", async () => {
  const note = "Patient Name: Oyelaran, Folake\nMRN: 4471188\nMs. Oyelaran is well. OYELARAN's wife called from (617) 432-9911. Mail f.oy@mail.org, SSN 219-09-9999, age 93 years old. Zip: 12180.";
  const [one, again, other] = [await clean(note), await clean(note), text((await deidentify(note, { notes: true, key: new Uint8Array(32).fill(9) })).output)];
  assert.equal(one, again);
  assert.notEqual(one, other);
  const name = /Name: ([^,]+),/.exec(one)?.[1] ?? "";
  assert.ok(one.includes(`Ms. ${name} is well. ${name.toUpperCase()}'s wife`), one);
  assert.match(one, /from \(\d{3}\) 555-01\d\d\. Mail \w+@example\.invalid, SSN 000-\d\d-\d{4}, age 90 years old\. Zip: 121\./);
  for (const secret of ["Oyelaran", "Folake", "4471188", "432-9911", "f.oy", "219-09-9999"]) assert.deepEqual(leaks(utf8(one), secret), [], secret);
});

void test("names of a set's structured files are found in its notes, also as words, and its patients' dates move as theirs do", async () => {
  const patient = { resourceType: "Patient", id: "p1", identifier: [{ value: "7765123" }], name: [{ family: "Winters", given: ["Peace"] }], birthDate: "1950-03-04" };
  const visit = { resourceType: "Encounter", id: "e1", status: "finished", class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "AMB" }, subject: { reference: "Patient/p1" }, period: { start: "2021-03-14" } };
  const note = "Chart 7765123 (MRN: 7765123). On 03/14/2021 Peace was in good spirits; the Winters household is at peace in winter. Return in two weeks if not better.";
  async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> { yield bytes; }
  const pack = (files: readonly [string, string][]): Promise<Uint8Array> => collect(writeZip((async function* () { for (const [name, body] of files) yield { name, bytes: one(utf8(body)) }; })()));
  const source = await pack([["n.txt", note], ["p.ndjson", `${JSON.stringify(patient)}\n${JSON.stringify(visit)}\n`]]);
  assert.equal((await refusal(() => deidentify(source))).code, "DEIDENTIFICATION_REFUSED");
  const { output, report } = await deidentify(source, { notes: true });
  const out = text(output);
  assert.deepEqual(report.members, { NOTE: 1, FHIR_NDJSON: 1 });
  assert.ok(report.patients === 1 && report.rules.some(({ rule, action }) => rule === "note.date" && action === "shifted") && report.warnings.some((line) => line.startsWith("Free text")));
  const [, m, d, y] = /On (\d\d)\/(\d\d)\/(\d{4})/.exec(out) ?? [];
  assert.ok(out.includes(`"start":"${y}-${m}-${d}"`), "the note's day and the encounter's moved alike");
  assert.ok(!/Peace|Winters|7765123/.test(out) && out.includes("at peace in winter"), out);
  const { found, patterns } = await scanResidual("ARCHIVE", bytesSource(output), bytesSource(source));
  assert.deepEqual([found, patterns], [0, {}]);
});

void test("the second look finds what a note's head says of the patient, and a profile tells how many notes there are", async () => {
  const note = `Patient Name: Zollikofer, Annegret\nMRN: 88123456\n${"The patient is doing well and will return to the clinic. ".repeat(12)}\nSeen 03/14/2021.`;
  const { output } = await deidentify(note, { notes: true });
  const source = bytesSource(utf8(note));
  const look = async (bytes: Uint8Array): Promise<number> => (await scanResidual("NOTE", bytesSource(bytes), source)).found;
  assert.equal(await look(output), 0);
  assert.ok(await look(utf8(`${text(output)} Zollikofer`)) > 0 && await look(utf8(`${text(output)} 88123456`)) > 0);
  const profile = await profileRecord(bytesSource(output));
  assert.deepEqual([profile.format, profile.recordCount, profile.modalities], ["NOTE", 1, ["NOTES"]]);
  assert.deepEqual(profile.resourceTypes.map(({ name }) => name).sort(), ["text/plain", "text/plain:en", "text/plain:medium"]);
});

void test("every kind of identifier goes, whatever stands around it: canaries raw, in base64, hex and UTF-16", async () => {
  const canaries: readonly (readonly [Kind, string, string])[] = [
    ["name", "Attending: Xiaoqiong Tsvangirai, MD", "Tsvangirai"], ["email", "write to qv.kanaria@hospital.example.org", "qv.kanaria"], ["url", "see https://portal.kanaria.example.com/u/4411", "kanaria.example"], ["ip", "from 10.77.31.204 today", "10.77.31.204"],
    ["id", "policy number KX-7719-20481 is active", "7719-20481"], ["phone", "call 212-664-7665 if worse", "664-7665"], ["street", "lives at 4471 Quillfeather Lane, Apt 9", "Quillfeather"], ["organisation", "transferred from Kanarienberg Hospital", "Kanarienberg"],
  ];
  const { output, report } = await deidentify(canaries.map(([, line]) => line).join("\n"), { notes: true });
  for (const [kind, , secret] of canaries) {
    assert.deepEqual(leaks(output, secret), [], secret);
    assert.ok(report.rules.some(({ rule }) => rule === `note.${kind}`), kind);
  }
  assert.equal(JSON.stringify(report).includes("Kanarienberg"), false);
});
