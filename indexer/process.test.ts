import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../platform/embedded/free-port.js";
import { openHome, type Home } from "../platform/embedded/home.js";
import { startPostgres, type RunningPostgres } from "../platform/embedded/postgres.js";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { EmitterChain } from "../test/support/emitter-chain.js";
import { FaultyRpc } from "../test/support/faulty-rpc.js";
import { generatedLog, seededRandom } from "../test/support/generated-logs.js";
import { until } from "../test/support/indexer-harness.js";
import { IndexerProcess } from "../test/support/indexer-process.js";
import type { EmittedLog } from "../test/support/log-emitter.js";
import { digestTables } from "./digest-tables.js";

const finalityDepth = 4;
/** Kills and re-orgs; `npm run test:deep` makes 50. */
const rounds = Number(process.env["INDEXER_ROUNDS"] ?? (process.env["GALEN_DEEP"] ? 50 : 4));
const seed = Number(process.env["INDEXER_SEED"] ?? 11);
const random = seededRandom(seed);
const logs = (count = 1 + random(4)): EmittedLog[] => Array.from({ length: count }, () => generatedLog(random));

let home: Home;
let port: number;
let postgres: RunningPostgres;
let chain: EmitterChain;
let rpc: FaultyRpc;
let databaseUrl: string;
let databases = 0;
let processes: IndexerProcess[] = [];

before(async () => {
  home = await openHome(null);
  port = await freePort();
  postgres = await startPostgres({ home: home.path, port, durable: true });
});
after(async () => {
  await postgres.stop();
  home.release();
});
beforeEach(async () => {
  const name = `process_${databases++}`;
  await sql(postgres.url, async (client) => void (await client.query(`create database ${name}`)));
  databaseUrl = postgres.url.replace(/\/[^/]*$/, `/${name}`);
  const database = await connectDatabase({ url: databaseUrl, service: "test" });
  await migrate(database);
  await database.destroy();
  chain = await EmitterChain.start();
  rpc = await FaultyRpc.start(chain.url);
});
afterEach(async () => {
  await Promise.all(processes.map((one) => one.end("SIGKILL")));
  processes = [];
  await rpc.stop();
  await chain.stop();
});

async function sql<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
function start(options: { production?: boolean } = {}): IndexerProcess {
  const one = new IndexerProcess({ databaseUrl, rpcUrl: rpc.url, deployment: chain.deployment, finalityDepth, ...options });
  processes.push(one);
  return one;
}
async function matches(limitMs = 30_000): Promise<void> {
  await sql(databaseUrl, async (client) => {
    const head = await chain.head();
    await until(
      async () => {
        const { rows } = await client.query<{ height: number; hash: string }>("select height, hash from chain_status");
        return rows[0]?.height === head.height && rows[0].hash === head.hash;
      },
      limitMs,
      `the tables stand at block ${head.height}`,
    );
    assert.deepEqual(await digestTables(client), await chain.expectedDigests(client));
    const { rows } = await client.query<{ numbers: string; last: string; standing: string; events: string }>(
      `select count(*) as numbers, coalesce(max(seq), 0) as last, count(*) filter (where op = 'APPLY') - count(*) filter (where op = 'REVERT') as standing from market_event`,
    );
    assert.equal(rows[0]!.numbers, rows[0]!.last, "the feed has no gaps");
    const onChain = await chain.call<unknown[]>("eth_getLogs", [{ fromBlock: "0x0", toBlock: "latest", address: chain.deployment.marketplace }]);
    assert.equal(Number(rows[0]!.standing), onChain.length, "the feed tells every event once");
  });
}

test(`${rounds} random kills and re-orgs, in backfill and while following`, async (t) => {
  t.diagnostic(`seed ${seed}`);
  for (let block = 0; block < 30; block++) await chain.emit(logs());
  await chain.mine(500);
  for (let round = 0; round < rounds; round++) {
    let one = start();
    const moves = 3 + random(5);
    for (let move = 0; move < moves; move++) {
      const what = random(4);
      if (what === 0) await chain.reorg(1 + random(finalityDepth), [logs(), random(2) ? logs() : []].slice(0, 1));
      else if (what === 1) await chain.mine(1 + random(30));
      else await chain.emit(logs());
      await wait(random(60));
    }
    await wait(random(400));
    await one.end("SIGKILL");
    if (random(2)) await chain.reorg(1 + random(finalityDepth), [logs()]);
    one = start();
    await matches();
    assert.equal(await one.end("SIGTERM"), 0);
  }
});

test("two instances: one writes, the other takes over within five seconds", async () => {
  await chain.emit(logs());
  const first = start();
  await matches();
  const second = start();
  await until(() => second.said("another indexer writes: standing by") !== undefined, 10_000, "the second stands by");
  assert.equal((await second.get("/ready")).status, 200);
  assert.match((await second.get("/metrics")).body, /galen_indexer_writer\{[^}]*\} 0/);
  await chain.emit(logs());
  await matches();
  assert.equal(second.said("following the chain"), undefined);
  const killed = performance.now();
  await first.end("SIGKILL");
  await chain.emit(logs());
  await matches(10_000);
  assert.ok(performance.now() - killed < 5_000, `took ${performance.now() - killed} ms`);
  assert.ok(second.said("following the chain"));
});

test("a node that is down, fails, or lies: recovered from, and never a wrong row", async () => {
  for (let block = 0; block < 10; block++) await chain.emit(logs());
  const one = start();
  await matches();
  for (const state of ["down", "http"] as const) {
    rpc.state = state;
    await chain.emit(logs());
    await wait(1_500);
    assert.equal((await one.get("/health")).status, 200);
    rpc.state = "up";
    await matches();
  }
  /** Cuts the last log off every block's receipts, and says so nowhere. */
  const cutLogs = (result: unknown): unknown => {
    const receipts = structuredClone(result) as { logs: unknown[] }[];
    receipts.findLast(({ logs: list }) => list.length > 1)?.logs.splice(0, 1);
    return receipts;
  };
  const faults: Record<string, NonNullable<FaultyRpc["fault"]>> = {
    errors: ({ id }) => ({ id, error: { code: -32000, message: "header not found" } }),
    nulls: ({ id, method }) => (method === "eth_blockNumber" ? undefined : { id, result: null }),
    "no receipts": ({ id, method }) => (method === "eth_getBlockReceipts" ? { id, result: [] } : undefined),
    "cut logs": ({ id, method }, { result }) => (method === "eth_getBlockReceipts" ? { id, result: cutLogs(result) } : undefined),
    nonsense: ({ id }) => ({ id, result: { number: "five" } }),
  };
  for (const [name, fault] of Object.entries(faults)) {
    rpc.fault = fault;
    const calls = rpc.calls;
    await chain.emit([...logs(2), ...logs(2)]);
    await until(() => rpc.calls > calls + 3, 20_000, `the indexer met ${name}`);
    await wait(700);
    rpc.fault = null;
    await matches();
  }
  await one.end("SIGTERM");
  rpc.fault = ({ id, method }) => (method === "eth_chainId" ? { id, result: "0x5" } : undefined);
  const refused = start();
  await until(() => refused.exitCode !== null, 10_000, "another chain is refused");
  assert.equal(refused.exitCode, 1);
  assert.equal(refused.lines.at(-1)!["code"], "CHAIN_MISMATCH");
});

test("Postgres restarted while idle and while writing: noticed within ten seconds, and nothing is lost", async () => {
  await chain.emit(logs());
  const one = start();
  await matches();
  assert.equal((await one.get("/ready")).status, 200);
  await postgres.stop();
  await until(async () => (await one.get("/ready")).status === 503, 10_000, "readiness is red");
  await chain.emit(logs());
  postgres = await startPostgres({ home: home.path, port, durable: true });
  await matches();
  await until(async () => (await one.get("/ready")).status === 200, 10_000, "readiness is green");
  assert.equal(one.exitCode, null);
});
