import assert from "node:assert/strict";
import { test } from "node:test";
import { loadCommittedModel } from "./predict.js";
import { madeAccount, madeSales } from "./made-sales.js";
import { createForward } from "./network.js";
import { encode } from "./features.js";
import { compareModels, minimumHeld, retrain, type RetrainRequest } from "./retrain.js";
import type { Sale } from "./sale.js";

const champion = await loadCommittedModel();
const options = { members: 1, hidden: [24, 12], epochs: 5, batch: 128, learningRate: 8e-3 };
const request = (sales: readonly Sale[], more: Partial<RetrainRequest> = {}): RetrainRequest =>
  ({ sales, links: [], asOfBlock: 1e9, champion, seed: 3, simulatedRows: 4000, simulatorSeed: 12, options, ...more });

test("same sales, block and seed give the same model hash, in any order of rows; later sales change nothing", async () => {
  const sales = madeSales(champion, 120, 1);
  const first = await retrain(request(sales, { asOfBlock: 180 }));
  assert.equal((await retrain(request([...sales].reverse(), { asOfBlock: 180 }))).modelHash, first.modelHash);
  assert.equal((await retrain(request(sales.filter((s) => s.settledBlock! <= 180), { asOfBlock: 180 }))).modelHash, first.modelHash);
  assert.notEqual((await retrain(request(sales, { asOfBlock: 200 }))).modelHash, first.modelHash);
});

test("a market of its own is learned: when prices treble, the challenger beats the champion and is promoted", async () => {
  const sales = madeSales(champion, 1500, 2, Math.log(3));
  const { comparison, taught } = await retrain(request(sales, { options: { ...options, epochs: 10, members: 2 } }));
  assert.equal(taught.full + taught.downWeighted, 1200);
  assert.ok(comparison.challenger.pinball! < 0.7 * comparison.champion.pinball!, JSON.stringify(comparison));
  assert.ok(comparison.tested >= minimumHeld);
  assert.ok(comparison.promote, JSON.stringify(comparison));
});

test("few sales promote nothing, and none at all still train", async () => {
  const { comparison, parts } = await retrain(request([]));
  assert.equal(comparison.promote, false);
  assert.equal(parts.training.source, "simulator");
});

test("a challenger that is no better is not promoted", () => {
  const sales = madeSales(champion, 200, 4);
  assert.equal(compareModels(champion, champion, sales).promote, false);
  const bad = { ...champion, ensemble: { ...champion.ensemble, targetMean: champion.ensemble.targetMean + 2 } };
  assert.equal(compareModels(champion, bad, sales).promote, false);
  const { promote, reason } = compareModels(bad, champion, sales);
  assert.ok(promote, reason);
});

test("planted wash trades move the model far less than the same trades among strangers", async () => {
  const honest = madeSales(champion, 150, 5);
  const planted = (isLinked: boolean): Sale[] => madeSales(champion, 150, 6, Math.log(20)).map((s, i): Sale => ({
    ...s, orderId: `planted-${i}`, purchasedBlock: 10, settledBlock: 12,
    ...(isLinked ? { provider: madeAccount(9_000_001), payee: madeAccount(9_000_001), buyer: madeAccount(9_000_002) } : {}),
  }));
  const middle = async (sales: Sale[]): Promise<number> => {
    const { parts } = await retrain(request(sales, { links: [[madeAccount(9_000_001), madeAccount(9_000_002)]] }));
    const forward = createForward(parts.ensemble);
    return honest.reduce((sum, s) => sum + forward(encode(s.input!).x).mid, 0) / honest.length;
  };
  const [clean, washed, fooled] = [await middle(honest), await middle([...honest, ...planted(true)]), await middle([...honest, ...planted(false)])];
  assert.ok(Math.abs(washed - clean) < 0.25 * Math.abs(fooled - clean), `${clean} ${washed} ${fooled}`);
});
