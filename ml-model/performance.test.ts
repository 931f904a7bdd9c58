import assert from "node:assert/strict";
import { test } from "node:test";
import { madeSales } from "./made-sales.js";
import { modelPerformance } from "./performance.js";
import { loadCommittedModel } from "./predict.js";

const model = await loadCommittedModel();

test("a market that follows the model is covered, and no drift is told", () => {
  const p = modelPerformance(madeSales(model, 1500, 21));
  assert.equal(p.sales, 1500);
  assert.ok(Math.abs(p.coverage! - 0.8) < 0.035, String(p.coverage));
  assert.ok(Math.abs(p.coverage! + p.below! + p.above! - 1) < 1e-9);
  assert.ok(Math.abs(p.medianRatio! - 1) < 0.06);
  assert.equal(p.drift.hasDrifted, false);
  assert.equal(Object.values(p.byKind).reduce((sum, k) => sum + k.sales, 0), 1500);
  assert.deepEqual(Object.keys(p.byModel), [model.modelHash]);
  assert.ok(Object.keys(p.byMonth).every((m) => /^\d{4}-\d\d$/.test(m)) && Object.keys(p.byMonth).length >= 2);
});

test("a market that moved away raises the alarm", () => {
  assert.equal(modelPerformance(madeSales(model, 300, 22, Math.log(1.6))).drift.hasDrifted, true);
});

test("needs chain events alone, leaves open orders out, and has an answer before the first sale", () => {
  const sales = madeSales(model, 60, 23);
  const blind = sales.map((s, i) => ({ ...s, input: null, settledBlock: i < 10 ? null : s.settledBlock }));
  assert.deepEqual(modelPerformance(blind), modelPerformance(sales.slice(10)));
  assert.deepEqual([modelPerformance([]).coverage, modelPerformance([]).drift.hasDrifted], [null, false]);
});
