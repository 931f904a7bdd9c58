import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { leaks } from "../../test-support/leak-scan.js";
import { deidentify, moduleFile, refusal, text } from "../../test-support/run-node.js";
import { dayOf } from "../../dates.js";
import { segmentRules } from "./rules.js";

const header = "MSH|^~\\&|LAB|HOSPITAL|||20200101120000||ORU^R01|1|P|2.5.1";
const message = (...segments: string[]): string => [header, ...segments].join("\r") + "\r";
const lines = (bytes: Uint8Array): string[][] => text(bytes).split("\r").filter(Boolean).map((line) => line.split("|"));

const others = ["GT1", "IN1", "IN2", "IN3", "NK1", "PD1", "ROL", "CON", "STF", "QPD", "ERR", "DSP", "ZPI", "ZXX", "UB1", "AUT", "ARV", "SFT", "PRD", "CTD"];

void test("a canary in every field, component and repetition of every segment does not come out", async (t) => {
  let planted = 0;
  const canary = (): string => `Zq${planted++}XkanariaW`;
  const packed = (): string => gzipSync(canary()).toString("base64");
  const segments = [...new Set([...Object.keys(segmentRules), ...others])].filter((name) => !["MSH", "FHS", "BHS", "BTS", "FTS"].includes(name));
  for (const valueType of ["ST", "NM", "CE", "TX", "FT", "TS", "SN", "ED", "XPN", "ID", "", "Zq"]) {
    const field = (): string => `${Array.from({ length: 8 }, () => `${canary()}&${canary()}`).join("^")}~${canary()}`;
    const body = segments.map((name) => [name, ...Array.from({ length: 50 }, (_, at) => (name === "OBX" && at === 1 ? valueType : at === 4 || at === 20 ? packed() : field()))].join("|"));
    const head = `MSH|^~\\&|${[canary(), canary(), canary(), canary(), "20200101", canary(), "ORU^R01", canary(), "P", "2.5", ...Array.from({ length: 5 }, canary)].join("|")}||${Array.from({ length: 6 }, canary).join("|")}`;
    const { output, report } = await deidentify([head, ...body].join("\r"));
    assert.deepEqual(leaks(output, "XkanariaW"), [], text(output).slice(0, 300));
    assert.ok(!JSON.stringify(report).includes("XkanariaW"));
  }
  assert.ok(planted > 100_000);
  t.diagnostic(`HL7v2: ${planted} canaries in ${segments.length} segments, 0 leaked`);
});

void test("a coded value whose system is known keeps its code only in that system's form", async () => {
  const { output } = await deidentify(message("PID|1||123^^^H^MR||DOE^JOHN||19800101|M", "DG1|1|I10|E11.9^Diabetes of John Doe^I10||20200103", "DG1|2||DOE JOHN^x^I10", "OBX|1|NM|718-7^Hb^LN||7.2|g/dL^gram^UCUM|7.0-9.0|N|||F|||20200104083000"));
  const [, pid = [], first = [], second = [], result = []] = lines(output);
  assert.equal(pid[5] ?? "", "");
  assert.equal(pid[8], "M");
  assert.equal(first[3], "E11.9^^I10");
  assert.equal(second[3] ?? "", "");
  assert.deepEqual(result.slice(1, 9), ["1", "NM", "718-7^^LN", "", "7.2", "g/dL", "7.0-9.0", "N"]);
});

void test("intervals within a patient are exact, also in a batch, and differ between patients", async () => {
  const of = (id: string): string => message(`PID|1||${id}||A^B||19800229|F`, "DG1|1||E11.9^^I10||20191231", "OBX|1|NM|718-7^^LN||7|g/dL|||||F|||202003010830+0100");
  const { output, report } = await deidentify(`FHS|^~\\&|X\rBHS|^~\\&|X\r${of("1")}${of("2")}${of("1")}BTS|3\rFTS|1\r`);
  assert.equal(report.records, 3);
  assert.equal(report.patients, 2);
  const shifts = lines(output).filter(([name]) => name === "PID" || name === "DG1" || name === "OBX").map((fields) => {
    const [given, before] = fields[0] === "PID" ? [fields[7], "19800229"] : fields[0] === "DG1" ? [fields[5], "20191231"] : [fields[14], "20200301"];
    return (dayOf((given ?? "").slice(0, 8)) ?? Number.NaN) - (dayOf(before) ?? Number.NaN);
  });
  assert.equal(new Set(shifts.slice(0, 3)).size, 1);
  assert.equal(new Set(shifts.slice(3, 6)).size, 1);
  assert.deepEqual(shifts.slice(0, 3), shifts.slice(6, 9));
  assert.notEqual(shifts[0], shifts[3]);
  assert.ok(text(output).includes("0830+0100"));
});

void test("ages over 89 are grouped and postcodes cut", async () => {
  const { output } = await deidentify(message("PID|1||9||A^B||19200101|F|||1 Main St^^Troy^NY^12180^USA", "OBX|1|NM|30525-0^Age^LN||97|a", "OBX|2|DT|21112-8^Birth date^LN||19200101"));
  const [, pid = [], age = [], birth = []] = lines(output);
  assert.equal(pid[7], "1936");
  assert.equal(pid[11], "^^^NY^121^USA");
  assert.equal(age[5], "90");
  assert.equal(birth[5], "1936");
});

void test("each published sample loses its names, and keeps its results", async () => {
  const { output } = await deidentify(moduleFile("simple-hl7/test/samples/oru.hl7"));
  for (const name of ["LASTNAME", "FIRSTNAME", "94000000000", "PCPLAST", "DOCLAST", "20080511"]) assert.deepEqual(leaks(output, name), [], name);
  assert.equal(lines(output).filter(([name]) => name === "OBX").length, 5);
});

void test("text that is no HL7v2 to the end is refused with its line", async () => {
  const cases: [string, RegExp, number | undefined][] = [
    [message("PID|1", "this is no segment"), /name of a segment/, 3],
    ["MSH|^~\\&|A\r", /MSH-9/, 1],
    ["MSH|^~\\&|A|B|||2020||ADT^A01|1|P\r", /MSH-12/, 1],
    [`BHS|^~\\&|A\r${message("PID|1")}`, /before its trailer/, 3],
    [`BHS|^~\\&|A\r${message("PID|1")}BTS|7\r`, /count in the batch trailer/, 4],
    [`FHS|^~\\&|A\rPID|1\r`, /outside a message/, 2],
    ["MSH||||||||ADT^A01|1|P|2.5\r", /delimiters/, 1],
  ];
  for (const [input, reason, line] of cases) {
    const error = await refusal(() => deidentify(input));
    assert.equal(error.code, "FORMAT_INVALID", input);
    assert.match(String(error.details["reason"]), reason);
    assert.equal(error.details["line"], line);
  }
});

void test("the report names segments of the standard, and none that a file made up", async () => {
  const { report } = await deidentify(message("PID|1||1", "GT1|1|x", "DOE|JOHN", "ZPI|secret"));
  assert.deepEqual(report.rules.filter(({ rule }) => rule === "hl7.segment").map(({ where, count }) => [where, count]), [["GT1", 1], ["other segments", 2]]);
});

void test("line ends of all kinds and MLLP frames are read alike", async () => {
  const segments = [header, "PID|1||1||A^B||19800101|F"];
  const plain = text((await deidentify(segments.join("\r"))).output);
  for (const input of [segments.join("\n"), segments.join("\r\n") + "\r\n", `\u000b${segments.join("\r")}\r\u001c\r`]) assert.equal(text((await deidentify(input)).output), plain);
});

interface Parsed { readonly header: { readonly fields: object[] }; readonly segments: { readonly name: string; readonly fields: object[] }[] }

void test("another parser reads what came out as the same message: its segments in order, its fields in place, nothing added", async () => {
  const { Parser } = createRequire(import.meta.url)("simple-hl7") as { Parser: new (options: object) => { parse(text: string): Parsed } };
  const read = (of: string): Parsed => new Parser({ segmentSeperator: "\r" }).parse(of.replace(/[\r\n]+/g, "\r"));
  const isEmpty = (field: object | undefined): boolean => !/[^\s,"[\]{}:]/.test(JSON.stringify(field ?? "").replaceAll('"value"', ""));
  let filled = 0;
  for (const path of ["simple-hl7/test/samples/oru.hl7", "simple-hl7/test/samples/adt.hl7", "simple-hl7/test/samples/orm.hl7", "simple-hl7/test/samples/oru-imm.hl7", "hl7-standard/tests/data/message.hl7"]) {
    const source = read(text(moduleFile(path)));
    const out = read(text((await deidentify(moduleFile(path))).output));
    const kept = source.segments.filter(({ name }) => name in segmentRules);
    assert.deepEqual(out.segments.map(({ name }) => name), kept.map(({ name }) => name), path);
    assert.deepEqual([out.header.fields[6], out.header.fields[9]], [source.header.fields[6], source.header.fields[9]], `${path}: type and version`);
    for (const [at, { name, fields }] of out.segments.entries()) for (const [place, field] of fields.entries()) {
      if (isEmpty(field)) continue;
      assert.ok(!isEmpty(kept[at]?.fields[place]), `${path}: ${name}-${place + 1} was not there`);
      filled += 1;
    }
  }
  assert.ok(filled > 100, `${filled} fields`);
});
