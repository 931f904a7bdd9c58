import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { createLogger } from "../../platform/log.js";
import { OrderStatus } from "../../schema/market.js";
import { account, RandomMarket, seeded } from "../../test/support/random-market.js";
import { until } from "../../test/support/indexer-harness.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { answerAggregate, type AggregateAnswer } from "../aggregates/answer.js";
import { auditSource } from "../aggregates/audit-source.js";
import { compileAggregate } from "../aggregates/compile.js";
import { postgres as postgresDialect } from "../aggregates/dialect.js";
import { listingSource } from "../aggregates/listing-source.js";
import { orderSource } from "../aggregates/order-source.js";
import { parseAggregateQuery } from "../aggregates/parse-query.js";
import { statistics, type AggregateQuery, type Measure } from "../aggregates/query.js";
import { readGroups, type GroupRow } from "../aggregates/read-groups.js";
import type { Source } from "../aggregates/source.js";
import type { ChainFreshness } from "../chain/freshness.js";
import { compileListingFilter, compileOrderFilter, compileVoteFilter } from "../filters/listing-filter.js";
import { filterScope } from "../filters/scope.js";
import type { SqlPart } from "../filters/sql.js";
import { SortDirection } from "../types/states.js";
import { AggregateEngine, TimeUnit } from "../types/aggregates.js";
import type { ListingFilter, OrderFilter, VoteFilter } from "../types/listing-filter.js";
import { startAnalytics, type Analytics } from "./analytics.js";

let service: TestService;
let database: DataSource;
let market: RandomMarket;
let analytics: Analytics;

before(async () => {
  service = await withPostgres();
  database = await connectDatabase({ url: service.url, service: "test" });
  await migrate(database);
  market = new RandomMarket(database, seeded(11));
  await market.begin();
  for (let block = 0; block < 30; block += 1) await market.advance(6);
  analytics = startAnalytics({ databaseUrl: service.url, memoryMb: 64, log: createLogger({ service: "test", level: process.env["TEST_LOG"] ?? "silent" }) });
  assert.deepEqual(await analytics.ask({ text: "select 1", values: [], zones: [], newest: { block: 0, hash: null } }), { refusal: "it is loading" }, "the first question starts it");
  await until(() => analytics.state().status === "READY", 20_000, "the engine is loaded");
});
after(async () => {
  await analytics.close();
  await database.destroy();
  await service.stop();
});

const ask = (query: AggregateQuery): Promise<AggregateAnswer> => answerAggregate({ database, analytics, freshness: { now: () => Promise.resolve({ indexedBlock: market.height, indexedHash: market.hash } as ChainFreshness) } }, query);
const askPostgres = async (query: AggregateQuery): Promise<object> => {
  const { text, values } = compileAggregate(query, postgresDialect);
  const rows = (await database.query(text, values)) as GroupRow[];
  return { block: query.at ?? rows[0]?.height ?? 0, groups: readGroups(query, rows) };
};

interface Kind {
  source: Source;
  where: fc.Arbitrary<(at: number | null) => SqlPart>;
}
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const accounts = fc.nat(7).map(account);
const listingFilters = fc.record<ListingFilter>(
  {
    status: fc.record({ in: fc.subarray(["PENDING", "APPROVED", "REJECTED"]) }) as never,
    dataKind: fc.record({ eq: fc.integer({ min: 1, max: 4 }) }),
    region: fc.record({ gte: fc.constantFrom(250, 276) }),
    provider: fc.oneof(fc.record({ eq: accounts }), fc.record({ isNull: fc.boolean() })),
    price: fc.oneof(fc.record({ gt: fc.constantFrom(3_000_000n, 2n ** 62n, 10n ** 30n) }), fc.record({ between: fc.constant({ min: 1_000_000n, max: 6_000_000n }) })),
    purposes: fc.record({ hasAny: fc.subarray([1, 2, 4, 64]) }),
    sales: fc.record({ gte: fc.nat(2) }),
    listedBlock: fc.record({ lte: fc.nat(40) }),
    listedTime: fc.record({ gte: fc.date({ min: new Date("2023-11-01T00:00:00Z"), max: new Date("2024-06-01T00:00:00Z"), noInvalidDate: true }) }),
    participant: fc.record({ kind: fc.record({ eq: fc.integer({ min: 1, max: 5 }) }) }) as never,
    orders: fc.record({ some: fc.record({ status: fc.record({ eq: fc.constantFrom(...Object.values(OrderStatus)) }) }) }),
  },
  { requiredKeys: [] },
).map((filter) => Object.fromEntries(Object.entries(filter).slice(0, 2)) as ListingFilter);
const kinds: readonly Kind[] = [
  {
    source: { ...listingSource, dimensions: Object.fromEntries(Object.entries(listingSource.dimensions).filter(([name]) => name !== "MODALITY")) },
    where: fc.oneof(listingFilters, fc.tuple(listingFilters, listingFilters).map(([one, other]): ListingFilter => ({ OR: [one, { NOT: other }] }))).map((filter) => (at) => compileListingFilter(filter, filterScope("l", at))),
  },
  {
    source: orderSource,
    where: fc.record<OrderFilter>({ status: fc.record({ in: fc.subarray(Object.values(OrderStatus)) }), buyer: fc.record({ in: fc.array(accounts, { maxLength: 4 }) }), price: fc.record({ lte: fc.constantFrom(5_000_000n, 2n ** 63n) }) }, { requiredKeys: [] }).map((filter) => (at) => compileOrderFilter(filter, filterScope("o", at))),
  },
  { source: auditSource, where: fc.record<VoteFilter>({ approve: fc.boolean(), auditor: fc.record({ eq: fc.integer({ min: 5, max: 7 }).map(account) }), listing: listingFilters }, { requiredKeys: [] }).map((filter) => (at) => compileVoteFilter(filter, filterScope("v", at))) },
];
const measuresOf = ({ distincts, amounts }: Source): Measure[] => [{ kind: "count" }, ...Object.keys(distincts).map((name): Measure => ({ kind: "distinct", name })), ...Object.keys(amounts).flatMap((name) => statistics.map((statistic): Measure => ({ kind: "amount", name, statistic })))];
const nameOf = (measure: Measure): string => (measure.kind === "count" ? "COUNT" : measure.kind === "distinct" ? measure.name : `${measure.name}_${measure.statistic}`).toUpperCase();

/** Any question about any source; null of `at` is now. */
const questions = fc.constantFrom(...kinds).chain(({ source, where }) =>
  fc.record({
    source: fc.constant(source),
    where,
    groupBy: fc.subarray(Object.keys(source.dimensions)),
    bucket: optional(fc.record({ unit: fc.constantFrom(...Object.values(TimeUnit)), timeZone: fc.constantFrom("UTC", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe") })),
    measures: fc.subarray(measuresOf(source)),
    amounts: fc.subarray(Object.keys(source.amounts)),
    percentiles: fc.array(fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1_000), { maxLength: 3 }),
    histogram: optional(fc.record({ from: fc.constantFrom(0n, 2_000_000n), width: fc.constantFrom(1_500_000n, 2n ** 61n), buckets: fc.integer({ min: 1, max: 5 }) })),
    having: fc.array(fc.record({ measure: fc.constantFrom(...measuresOf(source).map(nameOf)), gte: fc.constantFrom(0n, 1n, 2n, 5_000_000n), lt: fc.constantFrom(10n, 2n ** 64n) }), { maxLength: 1 }),
    orderBy: fc.array(fc.record({ measure: fc.constantFrom(...measuresOf(source).map(nameOf)), direction: fc.constantFrom(...Object.values(SortDirection)) }), { maxLength: 2 }),
    limit: optional(fc.integer({ min: 1, max: 20 })),
    back: optional(fc.nat(40)),
  }),
);
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

const parse = ({ source, where, back, measures, amounts, ...args }: Question): AggregateQuery => {
  const at = back === null ? null : Math.max(0, market.height - back);
  return parseAggregateQuery(source, args, { where: where(at), at, asked: { measures, spread: amounts, bars: amounts } });
};

/** Until then Postgres answers in the engine's place. */
const followed = (): Promise<void> => until(() => analytics.state().hash === market.hash, 20_000, "the engine has followed");

/** Nothing is written meanwhile, so both are of one block. */
async function agree(question: Question): Promise<void> {
  await followed();
  const query = parse(question);
  const [got, expected] = [await ask(query), await askPostgres(query)];
  assert.equal(got.engine, "DUCKDB", got.engineNote ?? "");
  assert.deepEqual({ block: got.block, groups: got.groups }, expected);
}

test("DuckDB's answer is Postgres' answer, to any question, at any block", () => fc.assert(fc.asyncProperty(questions, agree), { numRuns: process.env["GALEN_DEEP"] ? 3_000 : 60 }));

test("so it is after any run of blocks, re-orgs and blocks becoming final", async () => {
  const moves = fc.array(fc.oneof({ weight: 3, arbitrary: fc.record({ advance: fc.nat(8) }) }, { weight: 1, arbitrary: fc.record({ revert: fc.integer({ min: 1, max: 3 }) }) }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(moves, fc.array(questions, { minLength: 1, maxLength: 3 }), async (all, asked) => {
      for (const move of all) {
        if ("advance" in move) await market.advance(move.advance);
        else await market.revert(Math.max(market.finalized, market.height - move.revert));
        for (const question of asked) await agree({ ...question, back: null });
      }
      for (const question of asked) await agree(question);
    }),
    { numRuns: process.env["GALEN_DEEP"] ? 300 : 8 },
  );
});

test("while blocks are written and taken back, each answer is that of exactly one state", async () => {
  const question = parse(fc.sample(questions.filter(({ source }) => source === orderSource), { numRuns: 1, seed: 3 })[0]!);
  const query: AggregateQuery = { ...question, at: null, where: compileOrderFilter(null), having: [], orderBy: [], limit: 10_000, dimensions: ["STATUS", "DATA_KIND"], bucket: null, measures: measuresOf(orderSource), histogram: null };
  const states = new Set<string>();
  const show = ({ block, groups }: { block: number; groups: unknown }): string => JSON.stringify({ block, groups }, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  const note = async (): Promise<void> => void states.add(show((await askPostgres(query)) as AggregateAnswer));
  await note();
  let isDone = false;
  const writing = (async () => {
    for (let round = 0; round < 25; round += 1) {
      if (round % 7 === 6) await market.revert(Math.max(market.finalized, market.height - 2));
      else await market.advance(5);
      await note();
    }
    isDone = true;
  })();
  let answers = 0;
  while (!isDone) {
    await new Promise((resolve) => setTimeout(resolve, 2)); // a remembered answer never leaves this thread: the writer must have its turn
    // No older block is asked for: whichever state the engine is at, it must be one that there was.
    const told = await answerAggregate({ database, analytics, freshness: { now: () => Promise.resolve({ indexedBlock: 0 } as ChainFreshness) } }, query);
    if (told.engine !== AggregateEngine.DUCKDB) continue;
    answers += 1;
    const shown = show(told);
    await until(() => states.has(shown) || isDone, 20_000, "the state is noted");
    assert.ok(states.has(shown), shown);
  }
  await writing;
  assert.ok(answers > 5, `only ${answers} answers`);
});

test("an answer that is remembered says so, and is forgotten with the next event, not the next block", async () => {
  const query: AggregateQuery = { ...parse(fc.sample(questions, { numRuns: 1, seed: 1 })[0]!), source: listingSource, where: compileListingFilter(null), at: null, dimensions: [], bucket: null, measures: [], percentiles: [], spread: [], bars: [], having: [], orderBy: [] };
  await market.advance(3);
  await market.advance(0);
  await followed();
  const [one, two] = [await ask(query), await ask(query)];
  assert.deepEqual([one.cached, two.cached], [false, true]);
  // A fork takes back the block without an event that was the newest one then: what is remembered is of none that is no more.
  const taken = market.height;
  await market.revert(taken - 1);
  await followed();
  const back = await ask(query);
  assert.deepEqual([back.cached, back.block, back.groups], [true, taken - 1, one.groups]);
  await market.advance(0);
  await followed();
  const three = await ask(query);
  assert.deepEqual([three.cached, three.block, three.groups], [true, market.height, one.groups]);
  await market.advance(8);
  await followed();
  const four = await ask(query);
  assert.deepEqual([four.cached, four.block], [false, market.height]);
  assert.deepEqual({ block: four.block, groups: four.groups }, await askPostgres(query));
});

test("remembered answers have a bound of rows together: the oldest are forgotten, and one that is larger at once", async () => {
  await followed();
  const newest = { block: analytics.state().height, hash: analytics.state().hash };
  const isCached = async (name: string, rows: number): Promise<boolean> => {
    const told = await analytics.ask({ text: `select '${name}' as name, height, version from chain_status, range(${rows})`, values: [], zones: [], newest });
    assert.ok("rows" in told && told.rows.length === rows, "refusal" in told ? told.refusal : "other rows");
    return told.cached;
  };
  assert.deepEqual([await isCached("first", 2_600), await isCached("first", 2_600)], [false, true]);
  assert.deepEqual([await isCached("second", 2_000), await isCached("first", 2_600), await isCached("second", 2_000)], [false, true, true]);
  assert.deepEqual([await isCached("third", 2_000), await isCached("second", 2_000), await isCached("third", 2_000)], [false, true, true]);
  assert.equal(await isCached("first", 2_600), false, "it was the oldest");
  assert.deepEqual([await isCached("large", 5_200), await isCached("large", 5_200)], [false, false]);
});

test("what the engine does not hold is asked of Postgres, and the answer says so", async () => {
  await followed();
  const [listing] = market.listings;
  const base: AggregateQuery = { ...parse(fc.sample(questions, { numRuns: 1, seed: 1 })[0]!), source: listingSource, at: null, dimensions: [], bucket: null, measures: [], percentiles: [], spread: [], bars: [], having: [], orderBy: [], histogram: null };
  const byId = await ask({ ...base, where: compileListingFilter({ id: { eq: listing!.fields.id } }, filterScope("l")) });
  assert.deepEqual([byId.engine, byId.groups[0]?.count], ["POSTGRES", 1]);
  assert.match(byId.engineNote ?? "", /this filter is Postgres' alone/);
  const byTitle = await ask({ ...base, where: compileListingFilter({ metadata: { title: { contains: "x%" } } }, filterScope("l")) });
  assert.deepEqual([byTitle.engine, byTitle.groups], ["POSTGRES", []]);
  const byTradable = await ask({ ...base, where: compileListingFilter({ tradable: true }, filterScope("l")) });
  assert.deepEqual([byTradable.engine, byTradable.engineNote], ["POSTGRES", byId.engineNote]);
  const byModality = await ask({ ...base, where: compileListingFilter(null), dimensions: ["MODALITY"] });
  assert.equal(byModality.engine, "POSTGRES");
  assert.match(byModality.engineNote ?? "", /does not hold/);
});

test("a chain that was rewound below what was final is loaded again", async () => {
  // What the indexer does in development when the chain forgot: see ARCHITECTURE, D5.
  const to = market.finalized - 4;
  market.finalized = to;
  await market.revert(to);
  const query: AggregateQuery = parse({ ...fc.sample(questions, { numRuns: 1, seed: 5 })[0]!, back: null, having: [], limit: null });
  await until(() => analytics.state().status === "READY" && analytics.state().height === to, 20_000, "the engine is loaded again");
  const told = await ask(query);
  assert.equal(told.engine, "DUCKDB");
  assert.deepEqual({ block: told.block, groups: told.groups }, await askPostgres(query));
});
