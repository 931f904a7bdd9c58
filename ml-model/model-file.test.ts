import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { committedVersion, loadCommittedModel, weightsFolder } from "./committed-model.js";
import { loadModel, saveModel, serialiseModel } from "./model-file.js";
import { featureVersion } from "./features.js";
import { simulateMarket, simulatorVersion } from "./simulator.js";
import { dataDigest } from "./train.js";

/** A copy of the committed model that a test may damage. */
async function copied(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "galen-model-"));
  try {
    await cp(join(weightsFolder(), (await committedVersion()).version), folder, { recursive: true });
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("the committed weights are those that current.json names, of these features and this simulator", async () => {
  const model = await loadCommittedModel();
  assert.match(model.modelHash, /^0x[0-9a-f]{64}$/);
  assert.equal(model.version, `initial-${featureVersion}.${simulatorVersion}`);
});

test("saving what was loaded gives the same bytes and hash", () => copied(async (folder) => {
  const before = await readFile(join(folder, "model.json"));
  const model = await loadModel(folder);
  assert.equal(await saveModel(folder, model), model.modelHash);
  assert.deepEqual(await readFile(join(folder, "model.json")), before);
  assert.equal(serialiseModel(model).calibrationId, model.calibrationId);
}));

for (const file of ["weights.bin", "model.json", "digest"]) {
  test(`one changed byte of ${file} is MODEL_INVALID`, () => copied(async (folder) => {
    const bytes = await readFile(join(folder, file));
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(join(folder, file), bytes);
    await assert.rejects(loadModel(folder), { code: "MODEL_INVALID" });
  }));
  test(`a missing ${file} is MODEL_INVALID`, () => copied(async (folder) => {
    await rm(join(folder, file));
    await assert.rejects(loadModel(folder), { code: "MODEL_INVALID" });
  }));
}

test("the committed model was trained on what the simulator still draws", async () => {
  const { training } = await loadCommittedModel();
  const { inputs, y } = simulateMarket(training.rows, training.simulatorSeed ?? -1);
  assert.equal(dataDigest(inputs.map((input, i) => ({ input, lnPrice: y[i]!, weight: 1 }))), training.dataDigest);
});
