import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { bytesSource, validateRecord } from "../../index.js";
import { leaks } from "../../test-support/leak-scan.js";
import { deidentify, refusal, text, utf8 } from "../../test-support/run-node.js";
import { roleOfHeader } from "./columns.js";
import { readTable, writeRecord } from "./rows.js";

const rowsOf = (bytes: Uint8Array): string[][] => text(bytes).trimEnd().split("\n").map((line) => line.split(","));
/** Small deterministic numbers. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return state / 2 ** 32; };
}

const identifying = [
  "name", "First Name", "LAST", "PatientName", "maiden_name", "address", "Street", "city", "phone", "Mobile", "Fax", "email", "E-Mail", "SSN", "social_security_number", "passport", "drivers license", "insurance_id", "policy number",
  "account", "url", "ip", "mother", "next of kin", "employer", "physician", "Attending Doctor", "hospital", "ward", "notes", "comment", "free text", "description", "display", "device serial", "license plate", "photo", "guardian", "county",
];

void test("every cell of an identifying column, and every cell that does not fit its column, is gone", async (t) => {
  let planted = 0;
  const canary = (): string => `Zq${planted++}XkanariaW`;
  const fitting = ["patient id", "mrn", "encounter id", "birth date", "date", "age", "sex", "race", "ethnicity", "marital status", "zip", "state", "country", "code", "unit", "value", "glucose", "unknown thing", "status"];
  const good = ["p1", "m1", "e1", "1980-01-01", "2020-01-01", "50", "F", "white", "hispanic", "M", "12180", "NY", "US", "718-7", "mg/dL", "5.5", "6.1", "x", "final"];
  const header = [...identifying, ...fitting];
  const records = Array.from({ length: 60 }, (_, at) => [...identifying.map((_, column) => (column % 5 === at % 5 ? gzipSync(canary()).toString("base64") : canary())), ...fitting.map((_, column) => (at % fitting.length === column ? canary() : column < 3 ? `${good[column] ?? ""}${at % 12}` : good[column] ?? ""))]);
  for (const delimiter of [",", ";", "\t", "|"] as const) {
    const input = [header, ...records].map((record) => writeRecord(record, { delimiter })).join("");
    const { output, report } = await deidentify(input);
    assert.deepEqual(leaks(output, "XkanariaW"), [], text(output).slice(0, 500));
    assert.ok(!JSON.stringify(report).includes("XkanariaW"));
    assert.equal(report.records, 60);
    const kept = text(output).split("\n")[0]?.split(delimiter) ?? [];
    for (const name of identifying) assert.ok(!kept.includes(name), name);
    assert.ok(kept.includes("code") && kept.includes("value") && kept.includes("glucose"));
  }
  t.diagnostic(`CSV: ${planted} canaries in ${header.length} columns, 0 leaked`);
});

void test("headers tell what they should", () => {
  const roles = { PATIENT: "patient-id", patient_id: "patient-id", MRN: "patient-id", BirthDate: "birth-date", DOB: "birth-date", "Date of Birth": "birth-date", ZIP: "postcode", "zip code": "postcode", gender: "sex", "diagnosis code": "code", LOINC: "code", UOM: "unit", START: "date", Id: "id", ENCOUNTER: "id", effectiveDateTime: "date" } as const;
  for (const [header, role] of Object.entries(roles)) assert.equal(roleOfHeader(header), role, header);
  for (const header of identifying) assert.equal(roleOfHeader(header), "remove", header);
  assert.equal(roleOfHeader("hba1c"), null);
});

void test("numbers that look like people's numbers are removed although their header says nothing", async () => {
  const header = "x1,x2,x3,x4,patient id\n";
  const records = Array.from({ length: 30 }, (_, at) => `${123_400_000 + at * 977},${1_000_000 + at},${5.5 + at},555-01${String(at).padStart(2, "0")},${at % 5}\n`).join("");
  const { output } = await deidentify(header + records);
  assert.deepEqual(rowsOf(output)[0], ["x3", "patient id"]);
});

void test("intervals within a patient are exact in every way of writing dates", async () => {
  const forms: ((y: number, m: number, d: number) => string)[] = [
    (y, m, d) => `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`, (y, m, d) => `${m}/${d}/${y}`, (y, m, d) => `${d}.${m}.${y}`, (y, m, d) => `${y}${String(m).padStart(2, "0")}${String(d).padStart(2, "0")}`, (y, m, d) => `${y}/${m}/${d} 08:30`,
  ];
  const read: ((cell: string) => number)[] = [
    (cell) => Date.parse(cell), (cell) => { const [m, d, y] = cell.split("/").map(Number); return Date.UTC(y ?? 0, (m ?? 0) - 1, d); }, (cell) => { const [d, m, y] = cell.split(".").map(Number); return Date.UTC(y ?? 0, (m ?? 0) - 1, d); },
    (cell) => Date.UTC(Number(cell.slice(0, 4)), Number(cell.slice(4, 6)) - 1, Number(cell.slice(6, 8))), (cell) => { const [y, m, d] = cell.slice(0, 10).split("/").map(Number); return Date.UTC(y ?? 0, (m ?? 0) - 1, d); },
  ];
  const days = [[2020, 2, 28], [2020, 3, 1], [2019, 12, 31], [2020, 12, 25]] as const;
  const header = ["patient id", "a_date", "b_date", "c_date", "d_date", "e_date"].join(",");
  const records = ["p1", "p2", "p1"].flatMap((id) => days.map(([y, m, d]) => [id, ...forms.map((form) => form(y, m, d))].join(",")));
  const out = rowsOf((await deidentify([header, ...records].join("\n"))).output).slice(1);
  const shifts = out.map((record, row) => read.map((parse, column) => (parse(record[column + 1] ?? "") - Date.UTC(days[row % 4]?.[0] ?? 0, (days[row % 4]?.[1] ?? 0) - 1, days[row % 4]?.[2])) / 86_400_000));
  assert.equal(new Set(shifts.slice(0, 4).flat()).size, 1);
  assert.equal(new Set(shifts.slice(4, 8).flat()).size, 1);
  assert.equal(shifts[0]?.[0], shifts[8]?.[0]);
  assert.notEqual(shifts[0]?.[0], shifts[4]?.[0]);
});

/** Counts, from the text alone, how many different people share each combination. */
function classSizes(output: Uint8Array, columns: readonly string[]): number[] {
  const [header = [], ...records] = rowsOf(output);
  const person = header.indexOf("patient id");
  const places = columns.map((name) => header.indexOf(name));
  const classes = new Map<string, Set<string>>();
  for (const [row, record] of records.entries()) {
    const key = places.map((place) => record[place]).join("#");
    const set = classes.get(key) ?? new Set();
    set.add(person < 0 ? String(row) : (record[person] ?? ""));
    classes.set(key, set);
  }
  return [...classes.values()].map(({ size }) => size);
}

void test("quasi-identifiers are k-anonymous and l-diverse, by a count made here, and still say something", async () => {
  const next = numbers(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  for (const k of [2, 5, 11]) {
    const records = Array.from({ length: 600 }, (_, at) => `p${at % 400},${1920 + Math.floor(next() * 95)}-0${1 + Math.floor(next() * 9)}-11,${pick(["M", "F"])},${pick(["12180", "10001", "94105", "60601", "02139"])},${pick(["white", "black", "asian"])},${pick(["E11.9", "I10", "J45", "C50.1"])},${(next() * 9).toFixed(1)}`);
    const { output, report } = await deidentify(`patient id,birth date,sex,zip,race,diagnosis code,value\n${records.join("\n")}\n`, { k });
    const sizes = classSizes(output, ["birth date", "sex", "zip", "race"]);
    assert.ok(Math.min(...sizes) >= k, `k=${k}: ${Math.min(...sizes)}`);
    assert.equal(report.risk.smallestClass, Math.min(...sizes));
    assert.ok(sizes.length > 60 / k, `only ${sizes.length} classes`);
    assert.ok((report.risk.utilityLoss ?? 1) < 0.6);
  }
});

void test("a table of too few people keeps nothing that could single one out", async () => {
  const { output, report } = await deidentify("patient id,birth date,sex,value\na,1980-01-01,F,1\nb,1990-01-01,M,2\n");
  assert.deepEqual(rowsOf(output).slice(1).map((record) => record.slice(1, 3)), [["*", "*"], ["*", "*"]]);
  assert.equal(report.risk.smallestClass, 2);
  assert.match(report.risk.explanation, /too few people/);
});

void test("the same diagnosis in a whole group is not told: classes have two different ones", async () => {
  const records = Array.from({ length: 40 }, (_, at) => `p${at},${at < 20 ? 1950 : 1990}-01-01,${at < 20 ? "C50.1" : at % 2 === 0 ? "I10" : "E11"}`);
  const { output } = await deidentify(`patient id,birth date,diagnosis code\n${records.join("\n")}\n`);
  const [, ...out] = rowsOf(output);
  const groups = new Map<string, Set<string>>();
  for (const [, year = "", code = ""] of out) groups.set(year, (groups.get(year) ?? new Set()).add(code));
  for (const [year, codes] of groups) assert.ok(year === "*" || codes.size >= 2, `${year}: ${[...codes].join(" ")}`);
});

void test("a header that names a person is replaced", async () => {
  const { output } = await deidentify("patient id,John Smith,visit date of Maria,hba1c\na,1.5,2020-01-01,6\nb,2.5,2020-01-01,7\nc,3.5,2020-01-01,8\n");
  assert.deepEqual(rowsOf(output)[0], ["patient id", "column_2", "column_3", "hba1c"]);
});

void test("the user can correct what a column holds", async () => {
  const table = "patient id,mystery,ward\na,17,3\nb,18,4\n";
  const { output } = await deidentify(table, { columns: { mystery: "remove", ward: "number" } });
  assert.deepEqual(rowsOf(output)[0], ["patient id", "ward"]);
});

void test("any table that is written is read again, cut anywhere", async () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "1", '"', ",", ";", "\n", " ", "ä", "|"), maxLength: 6 });
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 40 }), async (records, piece) => {
    const input = utf8([["h one", "h two", "h three"], ...records.map((record) => record.map((text, at) => (at === 0 && text.trim() === "" ? "x" : text)))].map((record) => writeRecord(record, { delimiter: "," })).join(""));
    const { header, rows } = await readTable(bytesSource(input, piece)());
    assert.deepEqual(header, ["h one", "h two", "h three"]);
    const read: string[][] = [];
    for await (const batch of rows) read.push(...batch);
    assert.deepEqual(read, records.map((record) => record.map((text, at) => (at === 0 && text.trim() === "" ? "x" : text))));
  }), { numRuns: 150 });
});

void test("a table that cannot be read to its end is refused with its line", async () => {
  const cases: [string, RegExp, number][] = [
    ["a,b\n1,2\n3\n", /1 cells, the header 2/, 3],
    ['a,b\n1,2\n3,"4\n', /inside a quoted cell/, 3],
    ['a,b\n1,2\n"x"y,3\n', /follows a closing quote/, 3],
    ["a,b\n1,2\n3,4,5\n", /3 cells/, 3],
    ["12,13\n1,2\n3,4\n", /no header/, 1],
  ];
  for (const [input, reason, line] of cases) {
    const error = await refusal(() => validateRecord(bytesSource(utf8(input))));
    assert.equal(error.code, "FORMAT_INVALID");
    assert.match(String(error.details["reason"]), reason);
    assert.equal(error.details["line"], line);
  }
});

void test("bytes that are no UTF-8, and control characters, are refused with their exact position, however the file is cut", async () => {
  const table = utf8("a,b\né☠,2\n3,4\n");
  const cases: [at: number, byte: number, RegExp][] = [[0, 0x80, /UTF-8/], [5, 0x41, /UTF-8/], [8, 0xff, /UTF-8/], [11, 0xc3, /UTF-8/], [10, 0x07, /control/]];
  for (const [at, byte, reason] of cases) for (const piece of [1, 2, 3, 5, 100]) {
    const spoilt = table.slice();
    spoilt[at] = byte;
    const error = await refusal(async () => { for await (const batch of (await readTable(bytesSource(spoilt, piece)())).rows) void batch; });
    assert.match(String(error.details["reason"]), reason);
    // A lead byte is only known to be wrong at the byte that does not follow it.
    assert.ok([at, at + 1].includes(Number(error.details["position"])), `${at} cut by ${piece}: ${String(error.details["position"])}`);
  }
  const both = table.slice();
  both.set([0x07], 0);
  both.set([0x80], 11);
  for (const piece of [1, 7, 100]) assert.equal((await refusal(async () => { for await (const batch of (await readTable(bytesSource(both, piece)())).rows) void batch; })).details["position"], 0);
});
