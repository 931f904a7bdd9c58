import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { AppError } from "../../schema/errors.js";
import { OrderStatus, Purpose } from "../../schema/market.js";
import { RandomMarket, seeded, type ListingFields, type OrderFields, type Version, type VoteFields } from "../../test/support/random-market.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import type { ChainFreshness } from "../chain/freshness.js";
import { toTypedError } from "../errors/to-typed-error.js";
import { TimeUnit } from "../types/aggregates.js";
import { AuditDimension } from "../types/audit-aggregates.js";
import { ListingDimension, ListingMeasure, type ListingAggregate } from "../types/listing-aggregates.js";
import { OrderDimension } from "../types/order-aggregates.js";
import { SortDirection } from "../types/states.js";
import type { Asked } from "./asked.js";
import { aggregateAudits } from "./audit-aggregates.js";
import { aggregateListings } from "./listing-aggregates.js";
import { aggregateOrders } from "./order-aggregates.js";
import { statistics } from "./query.js";

const currency = { symbol: "tUSD", decimals: 6 };
/** Postgres alone: that DuckDB says the same is tested beside it. */
const deps = () => ({ database, currency, analytics: { ask: () => Promise.resolve({ refusal: "switched off" }) }, freshness: { now: () => Promise.resolve({ indexedBlock: 0 } as ChainFreshness) } });
const bits = Object.values(Purpose).filter((bit): bit is Purpose => typeof bit === "number");
const everything = (distincts: readonly string[], amounts: readonly string[]): Asked => ({
  measures: [...distincts.map((name) => ({ kind: "distinct", name }) as const), ...amounts.flatMap((name) => statistics.map((statistic) => ({ kind: "amount", name, statistic }) as const))],
  spread: [...amounts],
  bars: [...amounts],
});
const ofListings = everything(["providers"], ["price", "predicted", "sales"]);
const ofAudits = everything(["auditors", "listings"], ["waiting"]);
const ofOrders = everything(["buyers", "listings", "providers"], ["price", "fee"]);

let postgres: TestService;
let database: DataSource;
let market: RandomMarket;

before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  market = new RandomMarket(database, seeded(7));
  await market.begin();
  for (let block = 0; block < 60; block += 1) await market.advance(6);
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

const at = <Fields>(versions: readonly Version<Fields>[], block: number | null): Fields[] =>
  versions.filter(({ from, to }) => (block === null ? to === null : from <= block && (to === null || to > block))).map(({ fields }) => fields);
const kindOf = (account: string | null | undefined, block: number | null): number | null => at(market.participants, block).find((each) => each.account === account)?.kind ?? null;
const amountsOf = (values: readonly bigint[], percentiles: readonly number[], histogram: { from: bigint; width: bigint; buckets: number }): object => {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const sum = sorted.reduce((total, value) => total + value, 0n);
  const rank = (percentile: number): bigint => sorted[Math.max(0, Number((BigInt(Math.round(percentile * 1000)) * BigInt(sorted.length) + 99_999n) / 100_000n) - 1)]!;
  const bars = new Array<number>(histogram.buckets + 2).fill(0);
  for (const value of values) {
    const bar = value < histogram.from ? 0n : (value - histogram.from) / histogram.width + 1n;
    bars[Number(bar > BigInt(histogram.buckets) ? BigInt(histogram.buckets + 1) : bar)]! += 1;
  }
  return { sum, avg: sum / BigInt(sorted.length), min: sorted[0], max: sorted.at(-1), median: rank(50), percentiles: percentiles.map(rank), bars };
};
const shown = ({ sum, avg, min, max, median, percentiles, histogram }: ListingAggregate["price"]): object => ({
  ...Object.fromEntries(Object.entries({ sum, avg, min, max, median }).map(([name, value]) => [name, value.amount])),
  percentiles: percentiles.map(({ value }) => value.amount),
  bars: histogram.map(({ count }) => count),
});
const grouped = <Row>(rows: readonly Row[], keyOf: (row: Row) => unknown): Map<string, Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(JSON.stringify(keyOf(row)), [...(groups.get(JSON.stringify(keyOf(row))) ?? []), row]);
  return groups;
};

const percentileLists = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1_000)), { maxLength: 3 });
const histograms = fc.record({ from: fc.constantFrom(0n, 3_000_000n), width: fc.constantFrom(1_000_000n, 2n ** 60n), buckets: fc.integer({ min: 1, max: 6 }) });
const blocks = fc.option(fc.integer({ min: 0, max: 60 }), { nil: null });

test("listing aggregates are what a plain tally gives, at any block", async () => {
  const dimensions = [ListingDimension.STATUS, ListingDimension.DATA_KIND, ListingDimension.REGION, ListingDimension.PROVIDER, ListingDimension.PROVIDER_KIND, ListingDimension.PURPOSE];
  await fc.assert(
    fc.asyncProperty(blocks, fc.subarray(dimensions), fc.option(fc.constantFrom(1, 2, 3), { nil: null }), percentileLists, histograms, async (block, groupBy, kind, percentiles, histogram) => {
      const got = await aggregateListings(deps(), { where: kind === null ? null : { NOT: { dataKind: { eq: kind } } }, groupBy, percentiles, histogram }, block, ofListings);
      assert.deepEqual([got.block, got.engine], [block ?? market.height, "POSTGRES"]);
      const has = (dimension: ListingDimension): boolean => groupBy.includes(dimension);
      const rows = at(market.listings, block)
        .filter(({ dataKind }) => dataKind !== kind)
        .flatMap((row): (ListingFields & { purpose: Purpose | null })[] => (has(ListingDimension.PURPOSE) ? bits.filter((bit) => (row.purposes & bit) !== 0).map((purpose) => ({ ...row, purpose })) : [{ ...row, purpose: null }]));
      const keyOf = (row: (typeof rows)[number]): unknown => [
        has(ListingDimension.STATUS) ? row.status : null, has(ListingDimension.DATA_KIND) ? row.dataKind : null, has(ListingDimension.REGION) ? row.region : null,
        has(ListingDimension.PROVIDER) ? row.provider : null, has(ListingDimension.PROVIDER_KIND) ? kindOf(row.provider, block) : null, row.purpose,
      ];
      const expected = grouped(rows, keyOf);
      const key = ({ status, dataKind, region, provider, providerKind, purpose }: ListingAggregate): string => JSON.stringify([status, dataKind, region, provider, providerKind, purpose]);
      assert.deepEqual(new Set(got.groups.map(key)), new Set(expected.keys()));
      for (const group of got.groups) {
        const members = expected.get(key(group))!;
        assert.deepEqual([group.count, group.providers, group.sales], [members.length, new Set(members.flatMap(({ provider }) => provider ?? [])).size, members.reduce((sum, { sales }) => sum + sales, 0)]);
        assert.deepEqual(shown(group.price), amountsOf(members.map(({ price }) => price), percentiles, histogram));
        assert.deepEqual(shown(group.predicted), amountsOf(members.map(({ predicted }) => predicted), percentiles, histogram));
      }
    }),
    { numRuns: 60 },
  );
});

test("order aggregates are what a plain tally gives, with listing, buyer and provider as they were", async () => {
  const dimensions = Object.values(OrderDimension);
  await fc.assert(
    fc.asyncProperty(blocks, fc.subarray(dimensions), fc.option(fc.subarray(Object.values(OrderStatus)), { nil: null }), percentileLists, histograms, async (block, groupBy, statuses, percentiles, histogram) => {
      const got = await aggregateOrders(deps(), { where: statuses === null ? null : { status: { in: statuses } }, groupBy, percentiles, histogram }, block, ofOrders);
      const listing = (order: OrderFields): ListingFields | undefined => at(market.listings, block).find(({ id }) => id === order.listingId);
      const values: Record<OrderDimension, (order: OrderFields) => unknown> = {
        STATUS: ({ status }) => status, PURPOSE: ({ purpose }) => purpose, BUYER: ({ buyer }) => buyer, BUYER_KIND: ({ buyer }) => kindOf(buyer, block),
        DATA_KIND: (order) => listing(order)?.dataKind, REGION: (order) => listing(order)?.region, PROVIDER: (order) => listing(order)?.provider, PROVIDER_KIND: (order) => kindOf(listing(order)?.provider, block),
      };
      const expected = grouped(at(market.orders, block).filter(({ status }) => statuses === null || (statuses as string[]).includes(status)), (order) => dimensions.map((each) => (groupBy.includes(each) ? (values[each](order) ?? null) : null)));
      assert.equal(got.groups.length, expected.size);
      for (const group of got.groups) {
        const members = expected.get(JSON.stringify([group.status, group.purpose, group.buyer, group.buyerKind, group.dataKind, group.region, group.provider, group.providerKind]))!;
        assert.deepEqual([group.count, group.buyers, group.listings], [members.length, new Set(members.map(({ buyer }) => buyer)).size, new Set(members.map(({ listingId }) => listingId)).size]);
        assert.deepEqual(shown(group.price), amountsOf(members.map(({ price }) => price), percentiles, histogram));
        const fees = members.flatMap(({ fee }) => fee ?? []);
        assert.deepEqual(group.fee && shown(group.fee), fees.length === 0 ? null : amountsOf(fees, percentiles, histogram));
      }
    }),
    { numRuns: 60 },
  );
});

test("audit aggregates are what a plain tally gives, with the listing as it was", async () => {
  await fc.assert(
    fc.asyncProperty(blocks, fc.subarray(Object.values(AuditDimension)), fc.option(fc.boolean(), { nil: null }), percentileLists, histograms, async (block, groupBy, approve, percentiles, histogram) => {
      const got = await aggregateAudits(deps(), { where: approve === null ? null : { approve }, groupBy, percentiles, histogram }, block, ofAudits);
      const listings = new Map(at(market.listings, block).map((each) => [each.id, each]));
      const listing = (vote: VoteFields): ListingFields | undefined => listings.get(vote.listingId);
      const values: Record<AuditDimension, (vote: VoteFields) => unknown> = {
        APPROVE: (vote) => vote.approve, REASON: ({ reason }) => reason, AUDITOR: ({ auditor }) => auditor, LISTING_STATUS: (vote) => listing(vote)?.status,
        DATA_KIND: (vote) => listing(vote)?.dataKind, REGION: (vote) => listing(vote)?.region, PROVIDER_KIND: (vote) => kindOf(listing(vote)?.provider, block),
      };
      const votes = market.votes.filter((vote) => (block === null || vote.block <= block) && (approve === null || vote.approve === approve));
      const expected = grouped(votes, (vote) => Object.values(AuditDimension).map((each) => (groupBy.includes(each) ? (values[each](vote) ?? null) : null)));
      assert.equal(got.groups.length, expected.size);
      for (const group of got.groups) {
        const members = expected.get(JSON.stringify([group.approve, group.reason, group.auditor, group.listingStatus, group.dataKind, group.region, group.providerKind]))!;
        assert.deepEqual([group.count, group.auditors, group.listings], [members.length, new Set(members.map(({ auditor }) => auditor)).size, new Set(members.map(({ listingId }) => listingId)).size]);
        const { percentiles: spread, histogram: bars, ...rest } = group.waiting!;
        assert.deepEqual({ ...rest, percentiles: spread.map(({ value }) => value), bars: bars.map(({ count }) => count) }, amountsOf(members.map((vote) => BigInt(vote.time - listing(vote)!.listedTime)), percentiles, histogram));
      }
    }),
    { numRuns: 40 },
  );
});

test("a listing counts in each modality that its metadata names", async () => {
  const [one, two, three] = at(market.listings, null) as [ListingFields, ListingFields, ListingFields];
  for (const [{ id }, modalities] of [[one, ["LAB", "IMAGING:CT"]], [two, ["LAB"]]] as const) {
    await database.query("insert into app.metadata (hash, body) values ($1, $2)", [id, JSON.stringify({ profile: { modalities } })]);
  }
  const got = await aggregateListings(deps(), { where: { id: { in: [one.id, two.id, three.id] } }, groupBy: [ListingDimension.MODALITY] }, null, ofListings);
  assert.deepEqual(got.groups.map(({ modality, count }) => [modality, count]), [["IMAGING:CT", 1], ["LAB", 2], [null, 1]]);
});

test("groups are chosen, sorted and cut by any measure", async () => {
  const ask = (args: Parameters<typeof aggregateListings>[1]): ReturnType<typeof aggregateListings> => aggregateListings(deps(), { groupBy: [ListingDimension.REGION, ListingDimension.DATA_KIND], ...args }, null, ofListings);
  const all = (await ask({})).groups;
  assert.ok(all.length > 6);
  const least = all.map(({ price }) => price.median.amount).sort((a, b) => (a < b ? -1 : 1))[3]!;
  const some = await ask({ having: [{ measure: ListingMeasure.PRICE_MEDIAN, gte: least }, { measure: ListingMeasure.COUNT, gt: 1n }], orderBy: [{ measure: ListingMeasure.PRICE_SUM, direction: SortDirection.DESC }], limit: 3 });
  const expected = all.filter(({ price, count }) => price.median.amount >= least && count > 1).sort((a, b) => (a.price.sum.amount > b.price.sum.amount ? -1 : 1));
  assert.deepEqual(some.groups, expected.slice(0, 3));
  assert.deepEqual((await ask({ having: [{ measure: ListingMeasure.COUNT, lt: 0n }] })).groups, []);
  for (const wrong of [{ limit: 0 }, { percentiles: [50.0001] }, { percentiles: [101] }, { histogram: { from: 0n, width: 0n, buckets: 3 } }, { histogram: { from: 0n, width: 1n, buckets: 101 } }]) {
    await assert.rejects(ask(wrong), (error) => error instanceof AppError && error.code === "BAD_INPUT", JSON.stringify(wrong, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)));
  }
  await assert.rejects(ask({ percentiles: new Array<number>(21).fill(1) }), (error) => error instanceof AppError && error.code === "LIMIT_EXCEEDED");
});

test("time buckets follow the calendar of their zone", async () => {
  const [{ id }] = (await database.query("update listing set listed_time = '2026-03-31T22:30:00Z' where id = (select id from listing where to_block is null order by id limit 1) and to_block is null returning id").then(([rows]: [{ id: string }[]]) => rows)) as [{ id: string }];
  const period = async (unit: TimeUnit, timeZone: string): Promise<string | undefined> =>
    (await aggregateListings(deps(), { where: { id: { eq: id } }, bucket: { unit, timeZone } }, null, ofListings)).groups[0]?.period?.toISOString();
  assert.equal(await period(TimeUnit.MONTH, "UTC"), "2026-03-01T00:00:00.000Z");
  assert.equal(await period(TimeUnit.MONTH, "Europe/Berlin"), "2026-03-31T22:00:00.000Z");
  assert.equal(await period(TimeUnit.DAY, "America/New_York"), "2026-03-31T04:00:00.000Z");
  assert.equal(await period(TimeUnit.QUARTER, "UTC"), "2026-01-01T00:00:00.000Z");
  const wrong = await period(TimeUnit.DAY, "Nowhere/At_all").catch((error: unknown) => toTypedError(error).code);
  assert.equal(wrong, "BAD_INPUT");
});
