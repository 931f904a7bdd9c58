import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, test } from "node:test";
import type { DataSource } from "typeorm";
import pg from "pg";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { EmitterChain } from "../test/support/emitter-chain.js";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { startIndexer, until, untilIndexed, type RunningIndexer } from "../test/support/indexer-harness.js";
import type { EmittedLog } from "../test/support/log-emitter.js";
import { withPostgres, type TestService } from "../test/support/with-postgres.js";
import { digestTables } from "./digest-tables.js";

const finalityDepth = 5;
const random = seededRandom(7);
const logs = (count = 1 + random(4)): EmittedLog[] => Array.from({ length: count }, () => generatedLog(random));

let postgres: TestService;
let admin: pg.Client;
let chain: EmitterChain;
let database: DataSource;
let client: pg.Client;
let indexer: RunningIndexer | undefined;
let databases = 0;

before(async () => {
  postgres = await withPostgres();
  admin = new pg.Client(postgres.url);
  await admin.connect();
});
after(async () => {
  await admin.end();
  await postgres.stop();
});
beforeEach(async () => {
  const name = `forks_${databases++}`;
  await admin.query(`create database ${name}`);
  const url = postgres.url.replace(/\/[^/]*$/, `/${name}`);
  database = await connectDatabase({ url, service: "test" });
  await migrate(database);
  client = new pg.Client(url);
  await client.connect();
  chain = await EmitterChain.start();
});
afterEach(async () => {
  await indexer?.stop();
  indexer = undefined;
  await client.end();
  await database.destroy();
  await chain.stop();
});

const start = (mayForget = true): void => {
  indexer = startIndexer({ database, rpcUrl: chain.url, deployment: chain.deployment, finalityDepth, mayForget });
};
const emitBlocks = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index++) await chain.emit(logs());
};
async function matches(): Promise<void> {
  await untilIndexed(database, await chain.head());
  assert.deepEqual(await digestTables(client), await chain.expectedDigests(client));
}
async function feedCounts(): Promise<{ APPLY: number; REVERT: number }> {
  const { rows } = await client.query<{ op: "APPLY" | "REVERT"; count: string }>("select op, count(*) from market_event group by op");
  return { APPLY: 0, REVERT: 0, ...Object.fromEntries(rows.map(({ op, count }) => [op, Number(count)])) };
}

test("backfill and following give the rows of the logs", async () => {
  await emitBlocks(12);
  await chain.mine(300);
  await emitBlocks(8);
  start();
  await matches();
  await emitBlocks(3);
  await chain.mine(2);
  await matches();
});

test("forks of every depth up to finality: longer, of the same height, shorter, and cut short, on a chain that stands still after", async () => {
  await emitBlocks(10);
  start();
  await matches();
  for (let depth = 1; depth <= finalityDepth; depth++) {
    await chain.reorg(depth, Array.from({ length: depth }, () => logs()));
    await matches();
    const snapshot = await chain.call<string>("evm_snapshot", []);
    await emitBlocks(depth);
    await matches();
    await chain.call("evm_revert", [snapshot]);
    if (depth > 1) await emitBlocks(depth - 1);
    await matches();
    await emitBlocks(2);
  }
  await matches();
  const { APPLY, REVERT } = await feedCounts();
  assert.ok(REVERT > 0);
  assert.equal(APPLY - REVERT, await chain.countEvents());
});

test("a fork while the indexer is down is found at start; a restart without one tells nothing twice", async () => {
  await emitBlocks(8);
  start();
  await matches();
  await indexer!.stop();
  const told = await feedCounts();
  start();
  await matches();
  assert.deepEqual(await feedCounts(), told);
  await indexer!.stop();
  await chain.mine(finalityDepth + 3);
  start();
  await matches();
  assert.deepEqual(await feedCounts(), told, "hot blocks that became final meanwhile are not told again");
  await emitBlocks(5);
  await matches();
  await indexer!.stop();
  await chain.reorg(4, [logs(2), [], logs(1)]);
  start();
  await matches();
  assert.ok((await feedCounts()).REVERT > 0);
});

test("a development chain that forgot final blocks: the tables follow it and the feed says so (D5)", async () => {
  await emitBlocks(3);
  const snapshot = await chain.call<string>("evm_snapshot", []);
  await emitBlocks(12);
  start();
  await matches();
  await indexer!.stop();
  await chain.call("evm_revert", [snapshot]);
  start();
  await matches();
  const { REVERT } = await feedCounts();
  assert.ok(REVERT >= 12);
  // The same while it runs, to a chain that shares nothing above the third block.
  const again = await chain.call<string>("evm_snapshot", []);
  await emitBlocks(12);
  await matches();
  await chain.call("evm_revert", [again]);
  await emitBlocks(14);
  await matches();
});

test("a production chain that lacks a final block: DIVERGED, and nothing is changed", async () => {
  await emitBlocks(12);
  start(false);
  await matches();
  await indexer!.stop();
  const snapshot = await chain.call<string>("evm_snapshot", []);
  await emitBlocks(8);
  start(false);
  await matches();
  await indexer!.stop();
  const before = await digestTables(client);
  await chain.call("evm_revert", [snapshot]);
  await chain.reorg(9, [logs(2)]);
  await chain.mine(20);
  start(false);
  const status = async (): Promise<string> => (await client.query<{ status: string }>("select status from chain_status")).rows[0]!.status;
  await until(async () => (await status()) === "DIVERGED", 10_000, "the status is DIVERGED");
  assert.equal(indexer!.health.diverged, true);
  assert.deepEqual(await digestTables(client), before);
});

test("another chain, or another market, is refused", async () => {
  await emitBlocks(2);
  start();
  await matches();
  await indexer!.stop();
  const other = `0x${"c3".repeat(20)}`;
  await chain.call("anvil_setCode", [other, "0x00"]);
  for (const deployment of [{ ...chain.deployment, marketplace: other }, { ...chain.deployment, chainId: 5 }, { ...chain.deployment, marketplace: `0x${"dd".repeat(20)}` }]) {
    indexer = startIndexer({ database, rpcUrl: chain.url, deployment });
    await assert.rejects(indexer.done, { code: "CHAIN_MISMATCH" });
  }
});
