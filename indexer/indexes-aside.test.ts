import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { EmitterChain } from "../test/support/emitter-chain.js";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { until } from "../test/support/indexer-harness.js";
import { IndexerProcess } from "../test/support/indexer-process.js";
import { withMigratedPostgres } from "../test/support/with-migrated-postgres.js";
import type { TestService } from "../test/support/with-postgres.js";
import { digestTables } from "./digest-tables.js";
import { putIndexesAside, restoreIndexes } from "./indexes-aside.js";

let postgres: TestService;
let chain: EmitterChain;
let client: pg.Client;
before(async () => {
  postgres = await withMigratedPostgres();
  chain = await EmitterChain.start();
  client = new pg.Client(postgres.url);
  await client.connect();
});
after(async () => {
  await client.end();
  await chain.stop();
  await postgres.stop();
});

const indexes = async (): Promise<string[]> =>
  (await client.query<{ indexdef: string }>("select indexdef from pg_indexes where schemaname = 'public' order by indexdef")).rows.map(({ indexdef }) => indexdef);

test("indexes put aside come back as they were", async () => {
  const whole = await indexes();
  await putIndexesAside(client);
  const kept = await indexes();
  assert.ok(kept.length < whole.length - 20);
  assert.ok(kept.some((definition) => definition.includes("listing_pkey")) && !kept.some((definition) => definition.includes("listing_price")));
  await restoreIndexes(client);
  assert.deepEqual(await indexes(), whole);
  await restoreIndexes(client);
  assert.deepEqual(await indexes(), whole);
});

test("the narrow table of searches stands still meanwhile, and is whole afterwards", async () => {
  const list = (id: string): Promise<unknown> =>
    client.query(
      `insert into listing (id, from_block, status, provider, payee, content_hash, plaintext_root, ciphertext_root, key_commitment, metadata_hash, legal_evidence_hash, data_kind, region,
         price, purposes, p10, p50, p90, model_hash, approvals, rejections, sales, listed_block, listed_time, listed_transaction, block_time, transaction_hash, log_index)
       values ($1, 1, 'APPROVED', null, '', '', '', '', '', '0xaa', '', 1, 276, 5, 1, 1, 2, 3, '', 0, 0, 0, 1, now(), '', now(), '', 0)`,
      [id],
    );
  const searched = async (): Promise<string[]> => (await client.query<{ id: string }>("select '0x' || encode(id, 'hex') as id from app.listing_search order by id")).rows.map(({ id }) => id);
  await client.query("insert into app.metadata (hash, body) values ('0xaa', '{\"title\":\"glioma\"}')");
  await list("0x01");
  assert.deepEqual(await searched(), ["0x01"]);
  await putIndexesAside(client);
  await list("0x02");
  await client.query("delete from listing where id = '0x01'");
  assert.deepEqual(await searched(), ["0x01"], "as it stood");
  await restoreIndexes(client);
  assert.deepEqual(await searched(), ["0x02"]);
  await list("0x03");
  assert.deepEqual(await searched(), ["0x02", "0x03"], "the triggers are there again");
  await client.query("delete from listing");
  assert.deepEqual(await searched(), []);
});

test("a chain's past is written without indexes, over kills, and with all of them once the tables are LIVE", async () => {
  const whole = await indexes();
  const random = seededRandom(5);
  for (let block = 0; block < 40; block++) await chain.emit(Array.from({ length: 8 }, () => generatedLog(random)));
  await chain.mine(200);
  const start = (): IndexerProcess => new IndexerProcess({ databaseUrl: postgres.url, rpcUrl: chain.url, deployment: chain.deployment, finalityDepth: 2 });
  const height = async (): Promise<number> => (await client.query<{ height: number }>("select height from chain_status")).rows[0]?.height ?? -1;
  let indexer = start();
  await until(() => indexer.said("indexes are put aside until the chain's past is written") !== undefined, 20_000, "indexes are put aside");
  await indexer.end("SIGKILL");
  for (let kill = 0; kill < 3; kill++) {
    indexer = start();
    const before = await height();
    await until(async () => (await height()) > before || indexer.exitCode !== null, 20_000, "a batch is written").catch(() => undefined);
    await wait(random(15));
    await indexer.end("SIGKILL");
    const { rows } = await client.query<{ status: string; aside: string }>("select status, (select count(*) from index_aside) as aside from chain_status");
    assert.equal(rows[0]!.status === "LIVE", rows[0]!.aside === "0", "LIVE and all indexes come in one transaction");
    if (rows[0]!.status === "LIVE") break;
  }
  indexer = start();
  const head = await chain.head();
  await until(async () => (await height()) === head.height, 20_000, "the tables stand at the head");
  assert.equal((await client.query<{ status: string }>("select status from chain_status")).rows[0]!.status, "LIVE");
  assert.deepEqual(await indexes(), whole);
  assert.deepEqual(await digestTables(client), await chain.expectedDigests(client));
  await indexer.end("SIGTERM");
});
