import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { encode, features, mainModality } from "./features.js";
import { loadCommittedModel, parsePriceInput, predict, predictInterval, type PriceInput } from "./predict.js";
import { createPrng } from "./prng.js";
import { integratedGradients } from "./reasons.js";
import { createForward } from "./network.js";
import { simulateListing } from "./simulated-listing.js";
import { simulateMarket } from "./simulator.js";
import { without } from "./train.js";

const model = await loadCommittedModel();
const usd = (n: bigint): number => Number(n) / 1e6;
const onePatient: PriceInput = {
  kind: "FHIR", bytes: 80_000, records: 40, patients: 1, modalities: { clinical: 0.5, laboratory: 0.4, medication: 0.1 }, codeSystems: ["LOINC", "SNOMED"],
  codedShare: 0.9, completeness: 0.8, recencyDays: 200, spanDays: 3287, linkability: 1, annotation: 0, prevalence: 0.01, deidentification: "SAFE_HARBOR",
  kAnonymity: 1, purposes: ["GENERAL_RESEARCH", "HEALTH_MEDICAL_BIOMEDICAL"], exclusive: false,
  market: { likeSales: 0, demand: 2, supply: 4, commercialShare: 0.3 },
};

test("one patient's bundle costs dollars to hundreds, with an interval, a hash and no gap", () => {
  const p = predict(model, parsePriceInput(onePatient));
  assert.ok(usd(p.p50) > 20 && usd(p.p50) < 1000, `p50 ${usd(p.p50)}`);
  assert.ok(p.p10 < p.p50 && p.p50 < p.p90);
  assert.deepEqual(p.imputed, []);
  assert.equal(p.modelHash, model.modelHash);
  assert.match(p.calibrationId, /^0x[0-9a-f]{64}$/);
});

test("reasons are complete: typical price and all effects add up to p50, to 1e-3", () => {
  const forward = createForward(model.ensemble);
  const from = Float32Array.from(model.typical.all);
  fc.assert(fc.property(fc.integer(), (seed) => {
    const to = encode(simulateListing(createPrng(seed))).x;
    const sum = integratedGradients(model.ensemble, from, to).reduce((s, v) => s + v, 0);
    assert.ok(Math.abs(sum - (forward(to).mid - forward(from).mid)) < 1e-3);
  }), { numRuns: 300 });
  fc.assert(fc.property(fc.integer(), (seed) => {
    const p = predict(model, simulateListing(createPrng(seed)));
    const sum = p.reasons.reduce((s, r) => s + r.effect, p.typical);
    assert.ok(Math.abs(usd(sum - p.p50)) <= 1e-3 * usd(p.p50) + 1e-4);
  }), { numRuns: 300 });
});

test("reasons speak the buyer's words and go with the input", () => {
  const long = predict(model, onePatient).reasons.find((r) => r.feature === "spanDays")!;
  assert.match(long.text, /^[+-][\d,.]+ because the records span 9 years$/);
  const short = predict(model, { ...onePatient, spanDays: 30 }).reasons.find((r) => r.feature === "spanDays")!;
  assert.match(short.text, /because the records span 30 days$/);
  assert.ok(short.effect < long.effect, "nine years are worth more than a month");
  const untold = predict(model, without(onePatient, ["spanDays"])).reasons.find((r) => r.feature === "spanDays")!;
  assert.match(untold.text, / because the records span 2 years \(assumed\)$/);
});

test("every field changes price and reasons", () => {
  const changes: Partial<PriceInput>[] = [
    { kind: "MIXED" }, { bytes: 8_000_000 }, { records: 400 }, { patients: 20 }, { modalities: { imaging: 1 } }, { codeSystems: [] }, { codedShare: 0.1 }, { completeness: 0.3 },
    { recencyDays: 3000 }, { spanDays: 10 }, { linkability: 0 }, { annotation: 1 }, { prevalence: 1e-5 }, { deidentification: "K_ANONYMOUS" }, { kAnonymity: 50 },
    { purposes: ["COMMERCIAL"] }, { exclusive: true }, { market: { ...onePatient.market, likeSales: 9, likePremium: 0.4 } }, { market: { ...onePatient.market, demand: 30 } },
    { market: { ...onePatient.market, supply: 300 } }, { market: { ...onePatient.market, commercialShare: 0.9 } },
  ];
  const before = predict(model, onePatient);
  for (const change of changes) {
    const after = predict(model, parsePriceInput({ ...onePatient, ...change }));
    assert.notEqual(after.p50, before.p50, JSON.stringify(change));
    assert.notDeepEqual(after.reasons, before.reasons, JSON.stringify(change));
  }
});

test("80 % of new simulated sales lie in the interval, overall and by modality", () => {
  const { inputs, y } = simulateMarket(12_000, 4242);
  const inside = new Map<string, { in: number; of: number }>();
  inputs.forEach((input, i) => {
    const p = predictInterval(model, input);
    const price = Math.exp(y[i]!) * 1e6;
    for (const group of ["all", mainModality(encode(input).known)]) {
      const count = inside.get(group) ?? { in: 0, of: 0 };
      inside.set(group, { in: count.in + Number(price >= Number(p.p10) && price <= Number(p.p90)), of: count.of + 1 });
    }
  });
  for (const [group, { in: hits, of }] of inside) {
    if (of < 400) continue;
    assert.ok(Math.abs(hits / of - 0.8) <= (group === "all" ? 0.02 : 0.04), `${group}: ${hits}/${of}`);
  }
});

test("what is missing is said and widens the interval, which still holds", () => {
  const fields = [...new Set(features.map((f) => f.field))].filter((f) => f !== "kind");
  const rng = createPrng(8);
  const { inputs, y } = simulateMarket(4000, 4343);
  let hits = 0;
  inputs.forEach((input, i) => {
    const missing = fields.filter(() => rng.uniform() < 0.3);
    const p = predictInterval(model, without(input, missing));
    const price = Math.exp(y[i]!) * 1e6;
    hits += Number(price >= Number(p.p10) && price <= Number(p.p90));
  });
  assert.ok(hits / 4000 >= 0.77, `coverage with holes: ${hits / 4000}`);
  const p = predictInterval(model, without(onePatient, ["completeness"]));
  assert.deepEqual(p.imputed, ["completeness"]);
  const width = (q: { p10: bigint; p90: bigint }): number => Math.log(Number(q.p90) / Number(q.p10));
  assert.ok(width(p) > width(predictInterval(model, { ...onePatient, completeness: 0.7 })));
});

test("out of distribution is flagged and widened", () => {
  assert.equal(predictInterval(model, onePatient).thinData, false);
  const far = predictInterval(model, { ...onePatient, records: 1e9, bytes: 1e12 });
  assert.equal(far.thinData, true);
  const near = predictInterval(model, onePatient);
  assert.ok(Number(far.p90) / Number(far.p10) > Number(near.p90) / Number(near.p10));
});

test("any valid input has an ordered, positive interval", () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000_000 }), fc.boolean(), (seed, patients, exclusive) => {
    const input = parsePriceInput({ ...without(simulateListing(createPrng(seed)), ["records", "bytes", "market"]), patients, exclusive });
    const p = predictInterval(model, input);
    assert.ok(0n < p.p10 && p.p10 <= p.p50 && p.p50 <= p.p90);
  }), { numRuns: 300 });
});

test("the serving path does not load tfjs", () => {
  const script = `await import(${JSON.stringify(new URL("./predict.js", import.meta.url).href)});
    const { createRequire } = await import("node:module");
    process.stdout.write(Object.keys(createRequire(${JSON.stringify(fileURLToPath(import.meta.url))}).cache ?? {}).filter((f) => f.includes("tensorflow")).join());`;
  assert.equal(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }), "");
});
