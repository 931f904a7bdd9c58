import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Interface, type InterfaceAbi } from "ethers";
import pg from "pg";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { marketplaceAbi } from "../schema/abi/marketplace.js";
import { EmitterChain } from "../test/support/emitter-chain.js";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { startIndexer, until, untilIndexed, type RunningIndexer } from "../test/support/indexer-harness.js";
import { withPostgres, type TestService } from "../test/support/with-postgres.js";
import { ChainRpc } from "./chain-rpc.js";
import { digestTables } from "./digest-tables.js";
import { rebuild } from "./rebuild-command.js";
import { rewind } from "./rewind-command.js";
import { rebuildable } from "./tables.js";

const random = seededRandom(3);
let postgres: TestService;
let chain: EmitterChain;
let database: DataSource;
let client: pg.Client;
let indexer: RunningIndexer;
let rpc: ChainRpc;

before(async () => {
  postgres = await withPostgres();
  chain = await EmitterChain.start();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  client = new pg.Client(postgres.url);
  await client.connect();
  rpc = new ChainRpc(chain.url);
  await emitBlocks(40);
  indexer = start();
  await untilIndexed(database, await chain.head());
});
after(async () => {
  await indexer.stop();
  rpc.close();
  await client.end();
  await database.destroy();
  await chain.stop();
  await postgres.stop();
});
const start = (mayForget = false): RunningIndexer => startIndexer({ database, rpcUrl: chain.url, deployment: chain.deployment, finalityDepth: 3, mayForget });
async function emitBlocks(count: number): Promise<void> {
  for (let block = 0; block < count; block++) await chain.emit(Array.from({ length: 1 + random(5) }, () => generatedLog(random)));
}
const feed = async (): Promise<unknown> => (await client.query("select count(*) as rows, max(seq) as last, md5(string_agg(m::text, '' order by seq)) as digest from market_event m")).rows[0];
const nothingMended = { removed: 0, added: 0 };

test("a rebuild of right tables changes no byte and leaves the feed alone, while the indexer runs", async () => {
  const before = await digestTables(client);
  const told = await feed();
  const done = await rebuild({ database, rpc, deployment: chain.deployment });
  assert.equal(done.height, (await chain.head()).height);
  assert.ok(Object.values(done.mended).every((table) => table.added === 0 && table.removed === 0));
  assert.deepEqual(await digestTables(client), before);
  assert.deepEqual(await feed(), told);
});

test("a rebuild mends whatever was lost, added or changed, byte for byte", async () => {
  const before = await digestTables(client);
  const told = await feed();
  await client.query("delete from vote; delete from block where number % 2 = 0; update listing set price = price + 1 where from_block % 2 = 0; update trade_order set to_block = null where false");
  const made = await client.query("insert into withdrawal select 'made up', account, recipient, amount, block_number, block_time, transaction_hash, log_index from withdrawal limit 1");
  assert.equal(made.rowCount, 1, "there is one to copy");
  const done = await rebuild({ database, rpc, deployment: chain.deployment });
  assert.deepEqual(await digestTables(client), before);
  assert.deepEqual(await feed(), told);
  assert.equal(done.mended["withdrawal"]!.removed, 1);
  assert.deepEqual(done.mended["participant"], nothingMended);
  await client.query(`truncate ${Object.keys(rebuildable).join(", ")}`);
  await rebuild({ database, rpc, deployment: chain.deployment });
  assert.deepEqual(await digestTables(client), before);
  await emitBlocks(2);
  await untilIndexed(database, await chain.head());
  assert.deepEqual(await digestTables(client), await chain.expectedDigests(client));
});

test("what a running indexer remembers of wrong rows is forgotten with them", async () => {
  await indexer.stop();
  const { rows } = await client.query<{ id: string }>("update listing set approvals = approvals + 7 where to_block is null returning id");
  const vote = new Interface(marketplaceAbi as InterfaceAbi).encodeEventLog("Voted", [rows[0]!.id, `0x${"11".repeat(20)}`, true, 1]);
  const voted = async (): Promise<number> => {
    await chain.emit([vote]);
    await untilIndexed(database, await chain.head());
    return (await client.query<{ approvals: number }>("select approvals from listing where id = $1 and to_block is null", [rows[0]!.id])).rows[0]!.approvals;
  };
  indexer = start();
  const wrong = await voted();
  assert.ok(wrong > 7, "it went on from what it found");
  await rebuild({ database, rpc, deployment: chain.deployment });
  assert.equal(await voted(), wrong - 7 + 1);
  assert.deepEqual(await digestTables(client), await chain.expectedDigests(client));
});

test("a rewind takes back and the running indexer goes on from there", async () => {
  const before = await digestTables(client);
  const head = await chain.head();
  const { reverted, from } = await rewind({ database, rpc, toBlock: 5 });
  assert.equal(from, head.height);
  assert.ok(reverted > 0);
  await untilIndexed(database, head);
  await until(async () => (await client.query<{ status: string }>("select status from chain_status")).rows[0]!.status === "LIVE", 5_000, "it is live again");
  assert.deepEqual(await digestTables(client), before);
  await assert.rejects(rewind({ database, rpc, toBlock: head.height }), { code: "BAD_INPUT" });
});

test("the operator's command line does the same, with the indexer's environment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-operator-"));
  writeFileSync(join(folder, "deployment.json"), JSON.stringify(chain.deployment));
  const galen = (...args: string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL("../cli/galen.js", import.meta.url)), "indexer", ...args], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], DATABASE_URL: postgres.url, RPC_URL: chain.url, DEPLOYMENT_FILE: join(folder, "deployment.json") },
    });
  const head = await chain.head();
  await untilIndexed(database, head);
  const rewound = galen("rewind", "--to-block", "7");
  assert.equal(rewound.status, 0, rewound.stderr);
  assert.equal((JSON.parse(rewound.stdout) as { to: number }).to, 7);
  await untilIndexed(database, head);
  const rebuilt = galen("rebuild");
  assert.equal(rebuilt.status, 0, rebuilt.stderr);
  assert.equal((JSON.parse(rebuilt.stdout) as { height: number }).height, head.height);
  assert.notEqual(galen("rewind", "--to-block", "many").status, 0);
  rmSync(folder, { recursive: true });
});

test("a rewind mends a DIVERGED index without a full re-sync", async () => {
  const snapshot = await chain.call<string>("evm_snapshot", []);
  const common = (await chain.head()).height;
  await emitBlocks(8);
  await untilIndexed(database, await chain.head());
  await indexer.stop();
  await chain.call("evm_revert", [snapshot]);
  await chain.mine(1);
  await emitBlocks(9);
  indexer = start();
  await until(() => indexer.health.diverged, 10_000, "it has diverged");
  await assert.rejects(rewind({ database, rpc, toBlock: common + 3 }), { code: "CONFLICT", details: { common } });
  await rewind({ database, rpc, toBlock: common });
  await untilIndexed(database, await chain.head());
  assert.deepEqual(await digestTables(client), await chain.expectedDigests(client));
});
