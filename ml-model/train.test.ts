import assert from "node:assert/strict";
import { test } from "node:test";
import { serialiseModel } from "./model-file.js";
import { simulateMarket } from "./simulator.js";
import { trainPriceModel, type PriceTraining, type TrainingRow } from "./train.js";

const rows = (n: number, seed: number): TrainingRow[] => {
  const { inputs, y } = simulateMarket(n, seed);
  return inputs.map((input, i) => ({ input, lnPrice: y[i]!, weight: 1 }));
};
const training: PriceTraining = {
  version: "test", source: "simulator", asOfBlock: null, simulatorSeed: 1, seed: 5, members: 2, hidden: [16, 8], epochs: 3, batch: 128, learningRate: 5e-3,
};

test("same data and seed give the same model hash; other data or another seed do not", async () => {
  const data = rows(2000, 1);
  const hash = async (r: TrainingRow[], t: PriceTraining): Promise<string> => serialiseModel(await trainPriceModel(r, t)).modelHash;
  const first = await hash(data, training);
  assert.equal(await hash(rows(2000, 1), training), first);
  assert.notEqual(await hash(data, { ...training, seed: 6 }), first);
  assert.notEqual(await hash(data.map((r, i) => (i === 0 ? { ...r, lnPrice: r.lnPrice + 1 } : r)), training), first);
});

test("training learns: the loss falls", async () => {
  const losses: number[] = [];
  await trainPriceModel(rows(3000, 2), { ...training, members: 1, epochs: 6, onEpoch: ({ pinball }) => losses.push(pinball) });
  assert.ok(losses.at(-1)! < 0.7 * losses[0]!, losses.join());
});
