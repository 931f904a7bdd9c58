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
import { replayFeed, withoutOrigin } from "../test/support/replay-feed.js";
import { digestTables } from "./digest-tables.js";

const finalityDepth = 4;
const deepRun = Boolean(process.env["GALEN_DEEP"]);
/** Each with two kills and at least two re-orgs; `npm run test:deep` makes 50. */
const rounds = Number(process.env["INDEXER_ROUNDS"] ?? (deepRun ? 50 : 3));
/** Kills come up to this long after a backfill began: about as long as it takes. */
const backfillMs = 400;
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
/** A database with the tables and nothing in them. */
const template = "process_template";
const urlOf = (name: string): string => postgres.url.replace(/\/[^/]*$/, `/${name}`);

before(async () => {
  home = await openHome(null);
  port = await freePort();
  postgres = await startPostgres({ home: home.path, port, durable: true });
  await sql(postgres.url, async (client) => void (await client.query(`create database ${template}`)));
  const database = await connectDatabase({ url: urlOf(template), service: "test" });
  await migrate(database);
  await database.destroy();
});
after(async () => {
  await postgres.stop();
  home.release();
});
beforeEach(async () => {
  await emptyDatabase();
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
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} The indexer said last: ${JSON.stringify(processes.at(-1)?.lines.slice(-5))}`);
    });
    const tables = await digestTables(client);
    assert.deepEqual(tables, await chain.expectedDigests(client), "the tables are those of a clean run");
    assert.deepEqual(await replayFeed(client), withoutOrigin(tables), "the feed replayed from its start gives the tables");
    const { rows } = await client.query<{ numbers: string; last: string; standing: string }>(
      `select count(*) as numbers, coalesce(max(seq), 0) as last,
         count(*) filter (where op = 'APPLY') - count(*) filter (where op = 'REVERT') as standing
       from market_event`,
    );
    assert.equal(rows[0]!.numbers, rows[0]!.last, "the feed has no gaps");
    assert.equal(Number(rows[0]!.standing), await chain.countEvents(), "the feed tells every event once");
  });
}

/** Another database, empty: what starts on it is in backfill. */
async function emptyDatabase(): Promise<void> {
  const name = `process_${databases++}`;
  await sql(postgres.url, async (client) => void (await client.query(`create database ${name} template ${template}`)));
  databaseUrl = urlOf(name);
}
async function follows(one: IndexerProcess): Promise<void> {
  await until(() => one.said("following the chain") !== undefined, 30_000, "the indexer follows the chain");
}
/** @returns blocks that are in the tables. */
const height = (): Promise<number> => sql(databaseUrl, async (client) => (await client.query<{ height: number }>("select height from chain_status")).rows[0]?.height ?? -1);

test(`${rounds} kills in backfill and ${rounds} while following, ${rounds} re-orgs while down and more while running`, async (t) => {
  t.diagnostic(`seed ${seed}`);
  const reorg = async (): Promise<void> => {
    const depth = 1 + random(finalityDepth);
    await chain.reorg(depth, Array.from({ length: depth }, () => (random(2) ? logs() : [])));
  };
  const told = { killedInBackfill: 0, reorgsWhileDown: 0, reorgsWhileRunning: 0 };
  for (let block = 0; block < 40; block++) {
    await chain.emit(logs());
    await chain.mine(20);
  }
  for (let round = 0; round < rounds; round++) {
    await emptyDatabase();
    let one = start();
    await follows(one);
    await wait(random(backfillMs));
    await one.end("SIGKILL");
    if ((await height()) < (await chain.head()).height) told.killedInBackfill++;
    one = start();
    await matches();

    for (let move = 3 + random(5); move > 0; move--) {
      const what = random(4);
      if (what === 0) {
        await reorg();
        told.reorgsWhileRunning++;
      } else if (what === 1) await chain.mine(1 + random(30));
      else await chain.emit(logs());
      await wait(random(60));
    }
    await wait(random(100));
    await one.end("SIGKILL");
    await reorg();
    told.reorgsWhileDown++;
    one = start();
    await matches();
    await reorg();
    told.reorgsWhileRunning++;
    await matches();
    assert.equal(await one.end("SIGTERM"), 0);
  }
  t.diagnostic(JSON.stringify(told));
  assert.ok(told.killedInBackfill > rounds / 4, `only ${told.killedInBackfill} of ${rounds} kills hit the backfill: choose the moments better`);
});

test("two instances: one writes, the other takes over within five seconds", async () => {
  await chain.emit(logs());
  const first = start();
  await matches();
  const second = start();
  await until(() => second.said("another indexer writes: standing by") !== undefined, 10_000, "the second stands by");
  await until(async () => (await second.get("/ready")).status === 200, 10_000, "the second is ready");
  assert.match((await second.get("/metrics")).body, /galen_indexer_writer\{[^}]*\} 0/);
  await chain.emit(logs());
  await matches();
  assert.equal(second.said("following the chain"), undefined);

  process.kill(first.pid, "SIGSTOP");
  try {
    await chain.mine(30);
    await until(async () => (await second.get("/ready")).status === 503, 10_000, "behind a frozen writer the second is not ready");
    assert.match((await second.get("/ready")).body, /"index":"behind the chain"/);
  } finally {
    process.kill(first.pid, "SIGCONT");
  }
  await matches();
  await until(async () => (await second.get("/ready")).status === 200, 10_000, "the second is ready again");

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
    await wait(deepRun && state === "down" ? 30_000 : 1_500);
    assert.equal((await one.get("/health")).status, 200);
    rpc.state = "up";
    await matches();
  }
  /** Cuts the first or last log off a block's receipts, and says so nowhere. */
  const cutLogs = (result: unknown, which: "first" | "last"): unknown => {
    const receipts = structuredClone(result) as { logs: unknown[] }[];
    const list = receipts.findLast((receipt) => receipt.logs.length > 1)?.logs;
    if (which === "first") list?.shift();
    else list?.pop();
    return receipts;
  };
  const faults: Record<string, NonNullable<FaultyRpc["fault"]>> = {
    errors: ({ id }) => ({ id, error: { code: -32000, message: "header not found" } }),
    nulls: ({ id, method }) => (method === "eth_blockNumber" ? undefined : { id, result: null }),
    "no receipts": ({ id, method }) => (method === "eth_getBlockReceipts" ? { id, result: [] } : undefined),
    "logs without the first": ({ id, method }, { result }) => (method === "eth_getBlockReceipts" ? { id, result: cutLogs(result, "first") } : undefined),
    "logs without the last": ({ id, method }, { result }) => (method === "eth_getBlockReceipts" ? { id, result: cutLogs(result, "last") } : undefined),
    nonsense: ({ id }) => ({ id, result: { number: "five" } }),
  };
  for (const [name, fault] of Object.entries(faults)) {
    rpc.fault = fault;
    const calls = rpc.calls;
    // The last log is like no other of its block.
    await chain.emit([...logs(3), { topics: [`0x${calls.toString(16).padStart(64, "0")}`], data: "0x" }]);
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
  // What it wrote last may be read after its end is.
  await until(() => refused.lines.at(-1)?.["code"] === "CHAIN_MISMATCH", 10_000, "its reason is told");
});

test("a database that hangs while idle is noticed within ten seconds, and the index goes on once it answers", async () => {
  await chain.emit(logs());
  const one = start();
  await matches();
  const writing = "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())";
  const [backend] = await sql(databaseUrl, async (client) => (await client.query<{ pid: number }>(writing)).rows);
  process.kill(backend!.pid, "SIGSTOP");
  try {
    const hung = performance.now();
    await until(() => one.said("starting again")?.["code"] === "DATABASE_UNAVAILABLE", 15_000, "the loss is noticed");
    assert.ok(performance.now() - hung < 10_000, `took ${performance.now() - hung} ms`);
    await chain.emit(logs());
  } finally {
    process.kill(backend!.pid, "SIGCONT");
  }
  await matches();
});

test("Postgres restarted while idle and while writing: noticed within ten seconds, and nothing is lost", async () => {
  await chain.emit(logs());
  const one = start();
  await matches();
  // It is ready once it has looked for new blocks again, a moment after the tables match.
  await until(async () => (await one.get("/ready")).status === 200, 10_000, "readiness is green at first");
  await postgres.stop();
  await until(async () => (await one.get("/ready")).status === 503, 10_000, "readiness is red");
  await chain.emit(logs());
  postgres = await startPostgres({ home: home.path, port, durable: true });
  await matches();
  await until(async () => (await one.get("/ready")).status === 200, 10_000, "readiness is green");
  const writing = new AbortController();
  const emitting = (async () => {
    while (!writing.signal.aborted) await chain.emit(logs());
  })();
  try {
    for (let restart = 0; restart < 2; restart++) {
      const before = await height();
      await until(async () => (await height()) > before, 20_000, "it writes");
      await postgres.stop();
      postgres = await startPostgres({ home: home.path, port, durable: true });
    }
  } finally {
    writing.abort();
    await emitting;
  }
  await matches();
  assert.equal(one.exitCode, null, `the indexer ended: ${JSON.stringify(one.lines.slice(-3))}`);
});
