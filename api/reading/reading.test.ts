import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { JsonRpcProvider, keccak256, toUtf8Bytes } from "ethers";
import { graphql, type GraphQLField } from "graphql";
import pg from "pg";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { createLogger } from "../../platform/log.js";
import { EmitterChain } from "../../test/support/emitter-chain.js";
import { generateOperation } from "../../test/support/generate-operation.js";
import { generatedLog, seededRandom } from "../../test/support/generated-logs.js";
import { startIndexer, untilIndexed, type RunningIndexer } from "../../test/support/indexer-harness.js";
import type { EmittedLog } from "../../test/support/log-emitter.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { startAnalytics } from "../analytics/analytics.js";
import { buildApiSchema } from "../build-schema.js";
import { trackFreshness } from "../chain/freshness.js";
import { nobody, type Caller } from "../auth/viewer.js";
import { createContext } from "../context.js";
import type { ApiDeps } from "../deps.js";
import { listenToFeeds } from "../feed/feed-wakes.js";

const schema = buildApiSchema();
const roots = Object.values(schema.getQueryType()!.getFields()) as GraphQLField<unknown, unknown>[];
const log = createLogger({ service: "api", level: "silent" });
/** Blocks at which the past is asked for. */
const moments = 20;
const hash = (text: string): string => keccak256(toUtf8Bytes(text));
/** One of the few accounts of the generated events. */
const viewer = `0x${hash("account 1").slice(26)}`;
const random = seededRandom(20_26);
const logs = (count = 4 + random(12)): EmittedLog[] => Array.from({ length: count }, () => generatedLog(random));

let postgres: TestService;
let admin: pg.Client;
let chain: EmitterChain;
let databases = 0;
/** A test that fails leaves some running: they are stopped at the end. */
const running = new Set<Reading>();

/** An index of the chain, and the API's own parts over it: the schema, its resolvers and all that reading needs. */
interface Reading {
  readonly database: DataSource;
  readonly indexer: RunningIndexer;
  /** As the viewer, or as nobody. */
  ask(query: string, variables?: object, who?: Caller): Promise<unknown>;
  stop(): Promise<void>;
}

async function startReading(): Promise<Reading> {
  const name = `reading_${databases++}`;
  await admin.query(`create database ${name} template migrated`);
  const url = postgres.url.replace(/\/[^/]*$/, `/${name}`);
  const database = await connectDatabase({ url, service: "test" });
  const provider = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1 });
  const indexer = startIndexer({ database, rpcUrl: chain.url, deployment: chain.deployment });
  await untilIndexed(database, await chain.head());
  const freshness = trackFreshness({ database, provider });
  const wakes = await listenToFeeds({ url, log, onWake: () => freshness.invalidate() });
  // Off: Postgres answers aggregates. That the engine answers the same is tested beside it.
  const analytics = startAnalytics({ databaseUrl: url, memoryMb: 0, log });
  const deps = { analytics, database, provider, freshness, wakes, log, keys: { cursor: randomBytes(32) }, market: { currency: { symbol: "tUSD", decimals: 6 }, deployment: chain.deployment } } as unknown as ApiDeps;
  const reading: Reading = {
    database,
    indexer,
    async ask(query, variables = {}, who = { viewer: { account: viewer, sessionId: null, apiKey: null }, client: null }) {
      const { data, errors } = await graphql({ schema, source: query, variableValues: { ...variables }, contextValue: createContext(deps, who) });
      assert.deepEqual(errors ?? [], [], query);
      return JSON.parse(JSON.stringify(data)) as unknown;
    },
    async stop() {
      running.delete(reading);
      await analytics.close();
      await wakes.close();
      await indexer.stop();
      freshness.close();
      provider.destroy();
      await database.destroy();
      await admin.query(`drop database ${name}`);
    },
  };
  running.add(reading);
  return reading;
}

before(async () => {
  [postgres, chain] = await Promise.all([withPostgres(), EmitterChain.start()]);
  admin = new pg.Client(postgres.url);
  await admin.connect();
  await admin.query("create database migrated");
  const template = await connectDatabase({ url: postgres.url.replace(/\/[^/]*$/, "/migrated"), service: "test" });
  await migrate(template);
  await template.destroy();
});
after(async () => {
  for (const reading of running) await reading.stop();
  await admin.end();
  await Promise.all([postgres.stop(), chain.stop()]);
});

/** Numbers of the feed count what was taken back too, and cursors are of one key: neither tells what was so. */
const withoutNumbers = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (["seq", "cursor", "startCursor", "endCursor"].includes(key) ? undefined : inner)));

/** Asking for it makes something new: a link. Its content is compared in the test of exports. */
const madeAnew = ["export"];

/** Every root field that can be asked as of a block, with everything that hangs on it. @param nth - other things are asked for at each moment. */
function* pastOperations(nth: number, values: Record<string, unknown>): Generator<{ name: string; query: string; variables: Record<string, unknown> }> {
  for (const root of roots) {
    const takes = root.args.map(({ name }) => name);
    if (!takes.includes("at")) continue;
    const given = { first: 200, ...values };
    const ids = takes.includes("id") ? [nth, nth + 1].map((n) => hash(`${root.name.startsWith("listing") ? "listing" : "order"} ${n % 6}`)) : [null];
    for (const id of ids) {
      // The index has blocks with events alone: any of them is asked for by its number; transactions are in them.
      const named = takes.includes("hash") && root.name !== "block" ? { hash: hash("none") } : {};
      yield { name: root.name, ...generateOperation("query", root, { ...given, ...named, ...(id === null ? {} : { id }), ...(root.name === "block" ? { number: 10 } : {}), account: viewer }, 4, madeAnew) };
    }
  }
}

test(`at ${moments} blocks each root field and all that hangs on it equal a fresh index stopped there`, async () => {
  const main = await startReading();
  try {
    const then: { block: number; answers: Map<string, unknown> }[] = [];
    let asked = 0;
    for (let count = 0; then.length < moments; count++) {
      await chain.emit(logs());
      if (random(4) === 0) await chain.mine(1 + random(3));
      // A fork that the running index must forget; what was asked for before lies below it.
      if (random(5) === 0) {
        await chain.mine(2);
        await untilIndexed(main.database, await chain.head());
        await chain.reorg(2, [logs(), logs()]);
        await chain.mine(1);
      }
      if (count % 2 === 1) continue;
      const { height } = await chain.head();
      const fresh = await startReading();
      const answers = new Map<string, unknown>();
      for (const { query, variables } of pastOperations(then.length, {})) answers.set(JSON.stringify([query.replace(/^query[^{]*/, ""), variables]), withoutNumbers(await fresh.ask(query, variables)));
      await fresh.stop();
      then.push({ block: height, answers });
    }
    await chain.emit(logs(60));
    await untilIndexed(main.database, await chain.head());
    const full = new Set<string>();
    for (const [nth, { block, answers }] of then.entries()) {
      const wanted = [...answers.values()];
      let index = 0;
      for (const { name, query, variables } of pastOperations(nth, { at: { block } })) {
        const got = withoutNumbers(await main.ask(query, variables));
        const want = wanted[index++];
        assert.deepEqual(got, want, `${name} at block ${block}`);
        asked++;
        if (JSON.stringify(got).length > 400) full.add(name);
      }
      assert.equal(index, wanted.length);
    }
    assert.ok(asked > moments * 10);
    // The answers were no empty ones.
    for (const name of ["listing", "listings", "order", "orders", "audits", "participants", "payouts", "accessAnchors"]) assert.ok(full.has(name), `${name} was never more than nothing`);
  } finally {
    await main.stop();
  }
});

test("one statement answers a root field, however deep it is asked", async () => {
  const reading = await startReading();
  const prototype = pg.Client.prototype as { query: (this: unknown, ...args: unknown[]) => unknown };
  const send = prototype.query;
  try {
    const statements: string[] = [];
    prototype.query = function (...args) {
      const [first] = args as [string | { text: string }];
      const text = typeof first === "string" ? first : first.text;
      // Where the index stands is read at most once a second, for all operations together; the indexer, in this process too, reads it as well.
      if (!text.includes("chain_status")) statements.push(text);
      return send.apply(this, args);
    };
    const [last] = (await reading.database.query("select number from block order by number desc limit 1")) as { number: number }[];
    const [sent] = (await reading.database.query("select hash from chain_transaction limit 1")) as { hash: string }[];
    const count = async (query: string, variables: object, who: Caller = nobody): Promise<number> => {
      statements.length = 0;
      await reading.ask(query, variables, who);
      return statements.length;
    };
    const asked: string[] = [];
    for (const field of roots) {
      const takes = field.args.map(({ name }) => name);
      // What the chain holds. The rest is the platform's own: few rows, for those whom they concern.
      if (!takes.includes("at") && field.name !== "marketEvents") continue;
      if (field.name.endsWith("Aggregates")) continue;
      for (const at of takes.includes("at") ? [undefined, { block: last!.number }] : [undefined]) {
        const { query, variables } = generateOperation("query", field, { first: 100, id: hash("listing 1"), account: viewer, ...(field.name === "block" ? { number: last!.number } : { hash: sent!.hash }), ...(at ? { at } : {}) }, 6);
        assert.equal(await count(query, variables), 1, `${field.name}${at ? " in the past" : ""}: ${statements.join("\n")}`);
        // Whether the viewer may see a report is asked of two tables more, for all rows at once.
        const own = { viewer: { account: viewer, sessionId: null, apiKey: null }, client: null };
        assert.ok((await count(query, variables, own)) <= 3, `${field.name} for somebody: ${statements.join("\n")}`);
        asked.push(field.name);
      }
    }
    assert.ok(new Set(asked).size >= 11, asked.join());
    const deep = "{ orders(first: 50) { totalCount nodes { listing { votes { participant { roles } listing { purchases(first: 5) { participant { account } listing { participant { account } provenance { name } } } } } } } } }";
    assert.equal(await count(deep, {}), 1, statements.join("\n"));
    const twice = "{ a: listings(first: 5) { nodes { id purchases(first: 1) { id } } edges { node { id more: purchases(first: 9) { id } purchases(first: 2) { buyer } } } } b: payouts { totalCount } }";
    assert.equal(await count(twice, {}), 2, statements.join("\n"));
  } finally {
    prototype.query = send;
    await reading.stop();
  }
});

test("what is asked under two names in one list is not mixed up", async () => {
  const reading = await startReading();
  try {
    const { one, other, both } = (await reading.ask(`{
      one: listings(first: 50) { nodes { id purchases(first: 1) { id } } }
      other: listings(first: 50) { nodes { id purchases(first: 9) { buyer } } }
      both: listings(first: 50) { x: edges { node { purchases(first: 1) { id } } } y: edges { node { purchases(first: 9) { buyer } } } nodes { id votes { id } } }
    }`)) as { one: { nodes: { purchases: unknown[] }[] }; other: { nodes: { purchases: unknown[] }[] }; both: { x: { node: { purchases: unknown[] } }[]; y: { node: { purchases: unknown[] } }[] } };
    assert.deepEqual(both.x.map(({ node }) => node.purchases), one.nodes.map(({ purchases }) => purchases));
    assert.deepEqual(both.y.map(({ node }) => node.purchases), other.nodes.map(({ purchases }) => purchases));
    assert.ok(other.nodes.some(({ purchases }) => purchases.length > 1));
  } finally {
    await reading.stop();
  }
});

interface Seen {
  id: string;
  provider: string | null;
  participant: { account: string; revoked: boolean } | null;
  votes: { approve: boolean; auditor: string }[];
  purchases: { status: string; buyer: string }[];
}

test("filters by what hangs on a row find what a plain search in the whole answer finds", async () => {
  const reading = await startReading();
  try {
    const all = ((await reading.ask("{ listings(first: 200) { nodes { id provider participant { account revoked } votes { approve auditor } purchases(first: 200) { status buyer } } } }")) as { listings: { nodes: Seen[] } }).listings.nodes;
    const cases: [string, (listing: Seen) => boolean][] = [
      ["{ votes: { some: { approve: true } } }", ({ votes }) => votes.some(({ approve }) => approve)],
      ["{ votes: { every: { approve: true } } }", ({ votes }) => votes.every(({ approve }) => approve)],
      ["{ votes: { none: { approve: false } } }", ({ votes }) => !votes.some(({ approve }) => !approve)],
      [`{ orders: { some: { buyer: { eq: "${viewer}" } } } }`, ({ purchases }) => purchases.some(({ buyer }) => buyer === viewer)],
      [`{ orders: { some: { status: { in: [PAID, DELIVERED] } }, none: { buyer: { eq: "${viewer}" } } } }`, ({ purchases }) => purchases.some(({ status }) => ["PAID", "DELIVERED"].includes(status)) && !purchases.some(({ buyer }) => buyer === viewer)],
      ["{ participant: { revoked: false } }", ({ participant }) => participant !== null && !participant.revoked],
      [`{ orders: { some: { listing: { votes: { some: { auditor: { eq: "${viewer}" } } } } } } }`, ({ purchases, votes }) => purchases.length > 0 && votes.some(({ auditor }) => auditor === viewer)],
      ["{ NOT: { OR: [{ provider: { isNull: true } }, { votes: { some: {} } }] } }", ({ provider, votes }) => provider !== null && votes.length === 0],
    ];
    let found = 0;
    for (const [where, holds] of cases) {
      const { listings } = (await reading.ask(`{ listings(first: 200, where: ${where}) { totalCount nodes { id } } }`)) as { listings: { totalCount: number; nodes: { id: string }[] } };
      const want = all.filter(holds).map(({ id }) => id);
      assert.deepEqual(listings.nodes.map(({ id }) => id), want, where);
      assert.equal(listings.totalCount, want.length);
      found += want.length;
    }
    assert.ok(found > 0);
  } finally {
    await reading.stop();
  }
});
