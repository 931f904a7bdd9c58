import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateModel } from "./evaluate.js";
import { madeSales } from "./made-sales.js";
import { modelPerformance } from "./performance.js";
import { loadCommittedModel } from "./predict.js";
import { reportPage } from "./report-page.js";
import { simulateMarket } from "./simulator.js";

const model = await loadCommittedModel();
const { inputs, y } = simulateMarket(3000, 51);
const evaluation = evaluateModel(model, inputs.map((input, i) => ({ input, lnPrice: y[i]! })));

test("the committed model keeps its promises on rows that it has not seen", () => {
  for (const { tau, below } of evaluation.reliability) assert.ok(Math.abs(below - tau) < 0.03, `p${tau * 100}: ${below}`);
  assert.ok(Math.abs(evaluation.coverage - 0.8) < 0.025);
  assert.equal(evaluation.byModality.reduce((sum, g) => sum + g.rows, 0), 3000);
});

test("size matters most of all fields, and each field matters", () => {
  assert.equal(evaluation.importance[0]?.feature, "patients");
  assert.ok(evaluation.importance.every((f) => f.effect > 0));
});

test("a shifted market shows as a broken promise", () => {
  const shifted = evaluateModel(model, inputs.map((input, i) => ({ input, lnPrice: y[i]! + 1 })));
  assert.ok(shifted.coverage < 0.5);
});

test("no rows is refused", () => assert.throws(() => evaluateModel(model, []), RangeError));

test("the page is one well-formed document with every plot and no outside reference", () => {
  const page = reportPage({ ...model, version: "<v&1>" }, evaluation, modelPerformance(madeSales(model, 80, 4)));
  assert.equal(page.match(/<svg /g)?.length, 5);
  assert.ok(page.includes(model.modelHash) && page.includes("&#60;v&#38;1&#62;") && !/<script|https?:|NaN|undefined|Infinity/.test(page));
  const stack: string[] = [];
  for (const [, close, name, empty] of page.matchAll(/<(\/?)([a-z1-9]+)[^>]*?(\/?)>/g)) {
    if (empty || name === "meta") continue;
    if (close) assert.equal(stack.pop(), name);
    else stack.push(name!);
  }
  assert.deepEqual(stack, []);
});
