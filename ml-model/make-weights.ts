/** Trains the committed model anew: `node dist/ml-model/make-weights.js`. Run it when features, simulator or options change. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { weightsFolder } from "./committed-model.js";
import { featureVersion } from "./features.js";
import { saveModel } from "./model-file.js";
import { simulateMarket, simulatorVersion } from "./simulator.js";
import { defaultOptions, trainPriceModel, type TrainingRow } from "./train.js";

const version = `initial-${featureVersion}.${simulatorVersion}`;
/** More rows would bring it nearer to the oracle by ever less. */
const rowCount = 140_000;
const simulatorSeed = 20_261_123;
const market = simulateMarket(rowCount, simulatorSeed);
const rows = market.inputs.map((input, i): TrainingRow => ({ input, lnPrice: market.y[i]!, weight: 1 }));
const parts = await trainPriceModel(rows, {
  ...defaultOptions, seed: 1, version, source: "simulator", asOfBlock: null, simulatorSeed,
  onEpoch: ({ member, members, epoch, epochs, pinball }) =>
    process.stderr.write(`member ${member + 1}/${members} epoch ${epoch}/${epochs} pinball ${pinball.toFixed(4)}\n`),
});
const modelHash = await saveModel(join(weightsFolder(), version), parts);
await writeFile(join(weightsFolder(), "current.json"), `${JSON.stringify({ version, modelHash }, null, 2)}\n`);
process.stdout.write(`${version} ${modelHash}\n`);
