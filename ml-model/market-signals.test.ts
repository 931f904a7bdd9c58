import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadCommittedModel, parsePriceInput } from "./predict.js";
import { madeSales } from "./made-sales.js";
import { marketSignals, recentSeconds } from "./market-signals.js";

const model = await loadCommittedModel();
const sales = madeSales(model, 300, 31);
const context = { enterprises: new Set(sales.slice(0, 100).map((s) => s.buyer)), onOffer: { 1: 7 } };
const start = sales[0]!.purchasedTime;

test("nothing of the future leaks in: later sales, whatever they are, change no signal", () => {
  fc.assert(fc.property(fc.nat(300), fc.nat(), (hours, seed) => {
    const time = start + hours * 3600;
    const past = sales.filter((s) => s.purchasedTime < time);
    const future = madeSales(model, 20, seed, 3).map((s, i) => ({ ...s, orderId: `future-${i}`, purchasedTime: time + i }));
    assert.deepEqual(marketSignals([...past, ...future], "FHIR", time, context), marketSignals(past, "FHIR", time, context));
  }), { numRuns: 30 });
});

test("an empty history is no sale, no premium and an unknown share of enterprises", () => {
  assert.deepEqual(marketSignals([], "FHIR", start, context), { likeSales: 0, likePremium: 0, demand: 0, supply: 7 });
  parsePriceInput({ kind: "FHIR", market: marketSignals([], "FHIR", start, context) });
});

test("counts like sales of the last 90 days and their premium", () => {
  const time = start + 300 * 3600;
  const like = sales.filter((s) => s.dataKind === 1);
  const signals = marketSignals(sales, "FHIR", time, context);
  assert.equal(signals.likeSales, like.length);
  assert.equal(signals.demand, new Set(like.map((s) => s.buyer)).size);
  const doubled = sales.map((s) => ({ ...s, price: s.price * 2n }));
  assert.ok(Math.abs(marketSignals(doubled, "FHIR", time, context).likePremium! - signals.likePremium! - Math.log(2)) < 1e-3);
  assert.equal(marketSignals(sales, "FHIR", time + recentSeconds + 301 * 3600, context).likeSales, 0);
});

test("sales under suspicion do not move the premium", () => {
  const time = start + 300 * 3600;
  const planted = { ...sales[0]!, orderId: "planted", dataKind: 1, price: 10n ** 15n };
  const weights = new Map([["planted", 0.02]]);
  assert.deepEqual(marketSignals([...sales, planted], "FHIR", time, context, weights), marketSignals(sales, "FHIR", time, context));
});
