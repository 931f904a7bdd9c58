import assert from "node:assert/strict";
import { test } from "node:test";
import { coverage } from "./metrics.js";
import { createPrng } from "./prng.js";
import { simulateListing, type FullPriceInput } from "./simulated-listing.js";
import { quantile, segments, simulateMarket, usdPerGbp } from "./simulator.js";

test("the same seed draws the same market", () => {
  const [a, b, c] = [simulateMarket(50, 3), simulateMarket(50, 3), simulateMarket(50, 4)];
  assert.deepEqual(a, b);
  assert.notDeepEqual(a.y, c.y);
});

test("prices follow the distribution that the oracle knows", () => {
  const { inputs, y } = simulateMarket(6000, 9);
  const oracle = inputs.map((input) => {
    const view = segments(input);
    return { low: quantile(view, 0.1), mid: quantile(view, 0.5), high: quantile(view, 0.9) };
  });
  assert.ok(oracle.every((q) => q.low < q.mid && q.mid < q.high));
  assert.ok(Math.abs(coverage(oracle, y) - 0.8) < 0.02);
});

/** An ordinary, well-kept data set of so many patients. */
const archetype = (patients: number, more: Partial<FullPriceInput> = {}): FullPriceInput => ({
  ...simulateListing(createPrng(1)), kind: "FHIR", patients, records: patients * 40, bytes: patients * 60_000,
  modalities: { clinical: 0.45, laboratory: 0.3, medication: 0.15, administrative: 0.1 }, codeSystems: ["SNOMED", "LOINC"], codedShare: 0.8,
  completeness: 0.8, recencyDays: 120, spanDays: 1800, prevalence: 0.05, linkability: 0.3, annotation: 0, deidentification: "SAFE_HARBOR",
  kAnonymity: 5, purposes: ["GENERAL_RESEARCH", "HEALTH_MEDICAL_BIOMEDICAL", "COMMERCIAL"], exclusive: false,
  market: { likeSales: 3, likePremium: 0, demand: 3, supply: 10, commercialShare: 0.3 }, ...more,
});
const median = (input: FullPriceInput): number => Math.exp(quantile(segments(input), 0.5));

test("the published anchors hold (FACTS.md, Price model)", () => {
  const one = median(archetype(1));
  assert.ok(one >= 100 * usdPerGbp && one <= 950, `EHR record of one patient: at least £100 (EY), at most $950 (Flatiron); is $${one.toFixed(0)}`);
  const genome = median(archetype(1, { modalities: { clinical: 0.6, laboratory: 0.3, genomics: 0.1 } }));
  assert.ok(genome >= 1000 * usdPerGbp && genome <= 5000 * usdPerGbp, `with genomics £1,000–5,000 (EY); is $${genome.toFixed(0)}`);
  const register = median(archetype(60_000_000));
  assert.ok(register >= 45_000 * usdPerGbp && register <= 2.5 * 363_000 * usdPerGbp, `CPRD: £45k–363k a year, bought outright at most 2.5 years of it; is $${register.toFixed(0)}`);
});

test("more is worth more, sublinearly", () => {
  const prices = [1, 10, 100, 1000, 1e4, 1e5, 1e6].map((n) => median(archetype(n)));
  prices.slice(1).forEach((p, i) => assert.ok(p > prices[i]! && p < 10 * prices[i]!));
});
