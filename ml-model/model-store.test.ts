import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DataSource } from "typeorm";
import { advisoryLocks } from "../platform/database/advisory-locks.js";
import { connectDatabase } from "../platform/database/connect.js";
import { insertSales } from "../test/support/insert-sales.js";
import { withMigratedPostgres } from "../test/support/with-migrated-postgres.js";
import type { TestService } from "../test/support/with-postgres.js";
import { trainingIsDue } from "../workers/dispatch/training-is-due.js";
import { madeSales } from "./made-sales.js";
import { openModelStore } from "./model-store.js";
import { createServing, loadCommittedModel, queryOf } from "./predict.js";
import { retrainFromChain } from "./retrain-from-chain.js";
import { trainApart, type Epoch } from "./train-apart.js";

const committed = await loadCommittedModel();
/** Prices that are three times what the model says, so that there is something to learn. */
const sales = madeSales(committed, 1000, 61, Math.log(3));
const height = 5000;
const small = { simulatedRows: 1500, options: { members: 1, hidden: [16, 8], epochs: 8, batch: 128, learningRate: 8e-3 } };

let postgres: TestService;
let database: DataSource;

before(async () => {
  postgres = await withMigratedPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await insertSales(database, sales, height);
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

void test("a registry begins with the release's model, retrains from the chain, serves what is better at once, rolls back, and notices damage", async () => {
  const store = openModelStore(database);
  const serving = createServing(queryOf(database));
  assert.equal((await serving.champion()).modelHash, committed.modelHash);
  assert.equal(await trainingIsDue(database, 24), true);
  assert.equal(await trainingIsDue(database, 0), false);

  const result = await retrainFromChain({ database, asOfBlock: height, promote: true, ...small });
  assert.equal(result.promoted, true, JSON.stringify(result.comparison));
  assert.equal(result.drifted, true, "prices trebled");
  assert.equal(await trainingIsDue(database, 24), false);
  const now = await serving.champion();
  assert.deepEqual([now.modelHash, now.training.asOfBlock, now.calibrationId], [result.modelHash, height, result.calibrationId]);
  assert.deepEqual((await store.registry()).map(({ modelHash, status }) => [modelHash, status]), [[committed.modelHash, "RETIRED"], [result.modelHash, "CHAMPION"]]);

  // A job that runs twice: the same block gives the same model.
  assert.equal((await retrainFromChain({ database, asOfBlock: height, promote: true, ...small })).modelHash, result.modelHash);
  assert.equal((await store.registry()).length, 2);

  await database.query("update app.price_model set weights = set_byte(weights, 0, get_byte(weights, 0) # 1) where model_hash = $1", [result.modelHash]);
  await assert.rejects(createServing(queryOf(database)).champion(), { code: "MODEL_INVALID" });
  await store.rollback();
  assert.equal((await serving.champion()).modelHash, committed.modelHash);
  await assert.rejects(store.promote(`0x${"0".repeat(64)}`), { code: "NOT_FOUND" });
  await assert.rejects(store.model(`0x${"0".repeat(64)}`), { code: "NOT_FOUND" });
  await database.query("delete from app.price_model where model_hash = $1", [result.modelHash]);
});

void test("a training runs apart, one at a time; killed in the middle it leaves nothing, and the next does it", async () => {
  const task = { databaseUrl: postgres.url, promote: true, simulatedRows: 1500, epochs: 1 };
  const trained = async (): Promise<number> => ((await database.query("select count(*)::int as n from app.price_training")) as { n: number }[])[0]!.n;
  const before = await trained();
  const lock = database.createQueryRunner();
  await lock.query("select pg_advisory_lock($1)", [advisoryLocks.modelTraining]);
  await assert.rejects(trainApart(task), { code: "CONFLICT" });
  await lock.query("select pg_advisory_unlock($1)", [advisoryLocks.modelTraining]);
  await lock.release();

  const giveUp = new AbortController();
  await assert.rejects(trainApart(task, () => giveUp.abort(), giveUp.signal), { code: "NOT_READY" });
  assert.equal(await trained(), before);
  await assert.rejects(trainApart({ ...task, asOfBlock: height + 1 }), { code: "BAD_INPUT" });

  const epochs: Epoch[] = [];
  // The killed one's connection may take a moment to end, and its lock with it.
  let result;
  for (;;) {
    result = await trainApart(task, (epoch) => epochs.push(epoch)).catch((error: unknown) => ((error as { code: string }).code === "CONFLICT" ? null : Promise.reject(error as Error)));
    if (result !== null) break;
  }
  assert.deepEqual([result.asOfBlock, epochs.length, await trained()], [height, 3, before + 1]);
  assert.equal(result.taught.full + result.taught.downWeighted + result.comparison.tested <= sales.length, true);
});
