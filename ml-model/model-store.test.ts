import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Query } from "./load-sales.js";
import { madeSales } from "./made-sales.js";
import { openModelStore } from "./model-store.js";
import { loadCommittedModel } from "./predict.js";
import { retrainFromChain } from "./retrain-from-chain.js";

const committed = await loadCommittedModel();
const options = { members: 1, hidden: [16, 8], epochs: 8, batch: 128, learningRate: 8e-3 };

/** Answers as the database would: made sales as rows, and no linked wallets. `loadSales` itself is tested on Postgres. */
const answers = (sales: ReturnType<typeof madeSales>): Query => async (sql) => (sql.includes("trade_order")
  ? sales.map(({ input: _, price, p10, p50, p90, purchasedTime, ...s }) =>
    ({ ...s, price: `${price}`, p10: `${p10}`, p50: `${p50}`, p90: `${p90}`, purchasedTime: `${purchasedTime}` }))
  : []);

test("a store begins with the committed model, retrains, promotes what is better, rolls back, and notices damage", async () => {
  const folder = await mkdtemp(join(tmpdir(), "galen-models-"));
  try {
    const store = await openModelStore(folder);
    assert.equal((await store.champion()).modelHash, committed.modelHash);
    const sales = madeSales(committed, 1000, 61, Math.log(3));
    const inputs = new Map(sales.map((s) => [s.listingId, s.input!]));
    const request = { query: answers(sales), store, asOfBlock: 5000, inputs, promote: true, options, simulatedRows: 1500 };
    const result = await retrainFromChain(request);
    assert.equal(result.promoted, true, JSON.stringify(result.comparison));
    const reopened = await openModelStore(folder);
    const now = await reopened.champion();
    assert.equal(now.modelHash, result.modelHash);
    assert.equal(now.training.asOfBlock, 5000);
    const entry = (await reopened.registry()).find((e) => e.modelHash === result.modelHash)!;
    assert.deepEqual([entry.training.dataDigest, entry.comparison?.promote], [result.parts.training.dataDigest, true]);

    await reopened.add(result); // a job that runs twice
    assert.equal((await reopened.registry()).length, 2);

    const weights = join(folder, result.modelHash.slice(2), "weights.bin");
    const bytes = await readFile(weights);
    bytes[0]! ^= 1;
    await writeFile(weights, bytes);
    await assert.rejects(reopened.champion(), { code: "MODEL_INVALID" });
    await reopened.rollback();
    assert.equal((await reopened.champion()).modelHash, committed.modelHash);

    await writeFile(join(folder, "registry.json"), "{");
    await assert.rejects(reopened.registry(), { code: "MODEL_INVALID" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
