import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { DataSource } from "typeorm";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { AppError } from "../../schema/errors.js";
import { DataKind, ListingStatus, Purpose } from "../../schema/market.js";
import { findListings, type ListingsQuery } from "../listings/find-listings.js";
import { getRelated } from "../reading/related.js";
import type { ListingFacets } from "../types/facets.js";
import { select } from "../../test/support/select.js";
import type { ListingFilter } from "../types/listing-filter.js";
import type { ListingOrder } from "../types/sort.js";
import { ListingOrderField, SortDirection } from "../types/states.js";

interface Row {
  id: string;
  status: ListingStatus;
  dataKind: DataKind;
  region: number;
  provider: string | null;
  price: bigint;
  purposes: number;
  sales: number;
  listedBlock: number;
  /** Of its record nothing is sold any more: a patient withdrew, or it is to be erased. */
  unsold: "stopped_at" | "erase_requested_at" | null;
}

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;
const kinds = [DataKind.FHIR, DataKind.TABULAR, DataKind.DICOM];
const statuses = Object.values(ListingStatus);
const regions = [276, 250, 840];
const providers = [hex(1, 40), hex(2, 40), null];
const bits = Object.values(Purpose).filter((bit): bit is Purpose => typeof bit === "number");
/** Few different values, so that ties and hits are many; prices beyond 2^53 show that none is rounded. */
const rows: Row[] = Array.from({ length: 120 }, (_, i) => ({
  id: hex((i * 7919) % 120, 64),
  status: statuses[i % 4]!,
  dataKind: kinds[i % 3]!,
  region: regions[(i >> 1) % 3]!,
  provider: providers[(i >> 2) % 3]!,
  price: 2n ** 60n + BigInt(i % 11),
  purposes: (i * 37) % 128 || 1,
  sales: i % 5,
  listedBlock: (i >> 2) % 13,
  unsold: ([null, "stopped_at", null, "erase_requested_at", null] as const)[i % 5]!,
}));

let postgres: TestService;
let database: DataSource;
const cursorKey = randomBytes(32);

before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  const zero = hex(0, 64);
  for (const row of rows) {
    // A version that is no longer true stands beside each: it must never be found.
    for (const [from, to, price] of [[row.listedBlock, 100, 1n], [100, null, row.price]] as const) {
      await database.query(
        `insert into listing (id, from_block, to_block, status, provider, payee, content_hash, plaintext_root, ciphertext_root, key_commitment, metadata_hash, legal_evidence_hash, data_kind, region,
           price, purposes, p10, p50, p90, model_hash, approvals, rejections, sales, listed_block, listed_time, listed_transaction, block_time, transaction_hash, log_index)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $7, $7, $7, $7, $8, $9, $10, $11, 1, 2, 3, $7, 0, 0, $12, $13, now(), $7, now(), $7, 0)`,
        [row.id, from, to, row.status, row.provider, hex(9, 40), zero, row.dataKind, row.region, price.toString(), row.purposes, row.sales, row.listedBlock],
      );
    }
    // Most listings have an upload, as those of this platform do.
    if (row.sales === 4) continue;
    await database.query(
      `insert into app.upload (owner, status, size, region, payee, anonymous, legal_basis, legal_evidence_hash, suite, listing_id, ${row.unsold ?? "created_at"}) values ($1, 'SUBMITTED', 1, 276, $1, false, 'x', $2, 'x', $3, now())`,
      [hex(9, 40), zero, row.id],
    );
  }
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

/** What a filter means, said as plainly as can be. */
function holds(filter: ListingFilter, row: Row): boolean {
  const { id, status, dataKind, region, provider, price, purposes, sales, listedBlock, tradable, AND, OR, NOT } = filter;
  const same = <T>(given: { eq?: T | null; in?: readonly T[] | null } | null | undefined, value: T | null): boolean =>
    !given || ((given.eq == null || given.eq === value) && (given.in == null || given.in.some((one) => one === value)));
  const between = (given: { gte?: number | null; lte?: number | null } | null | undefined, value: number): boolean =>
    !given || ((given.gte == null || value >= given.gte) && (given.lte == null || value <= given.lte));
  const nullness = (given: { isNull?: boolean | null } | null | undefined, value: unknown): boolean => given?.isNull == null || given.isNull === (value === null);
  return (
    same(id, row.id) && same(status, row.status) && same(dataKind, row.dataKind) &&
    same(region, row.region) && between(region, row.region) &&
    same(provider, row.provider) && nullness(provider, row.provider) &&
    (!price ||
      ((price.eq == null || row.price === price.eq) && (price.lt == null || row.price < price.lt) && (price.lte == null || row.price <= price.lte) &&
        (price.gt == null || row.price > price.gt) && (price.gte == null || row.price >= price.gte) &&
        (price.between == null || (row.price >= price.between.min && row.price <= price.between.max)))) &&
    (!purposes ||
      ((purposes.has == null || (row.purposes & purposes.has) !== 0) &&
        (purposes.hasAll == null || purposes.hasAll.every((bit) => (row.purposes & bit) !== 0)) &&
        (purposes.hasAny == null || purposes.hasAny.some((bit) => (row.purposes & bit) !== 0)))) &&
    same(sales, row.sales) && between(sales, row.sales) && between(listedBlock, row.listedBlock) &&
    (tradable == null || tradable === (row.status === ListingStatus.APPROVED && row.unsold === null)) &&
    (AND == null || AND.every((inner) => holds(inner, row))) &&
    (OR == null || OR.some((inner) => holds(inner, row))) &&
    (NOT == null || !holds(NOT, row))
  );
}

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const priceOf = some(rows.slice(0, 11).map(({ price }) => price));
const leaf: fc.Arbitrary<ListingFilter> = fc.record(
  {
    status: fc.record({ eq: some(statuses), in: fc.subarray(statuses) }, { requiredKeys: [] }),
    dataKind: fc.record({ eq: some(kinds), in: fc.subarray(kinds) }, { requiredKeys: [] }),
    region: fc.record({ eq: some(regions), in: fc.subarray(regions), gte: some(regions), lte: some(regions) }, { requiredKeys: [] }),
    provider: fc.record({ eq: some([hex(1, 40), hex(2, 40)]), in: fc.subarray([hex(1, 40), hex(3, 40)]), isNull: fc.boolean() }, { requiredKeys: [] }),
    price: fc.record({ eq: priceOf, lt: priceOf, lte: priceOf, gt: priceOf, gte: priceOf, between: fc.record({ min: priceOf, max: priceOf }) }, { requiredKeys: [] }),
    purposes: fc.record({ has: some(bits), hasAll: fc.subarray(bits), hasAny: fc.subarray(bits) }, { requiredKeys: [] }),
    sales: fc.record({ eq: fc.nat(4), gte: fc.nat(4), lte: fc.nat(4) }, { requiredKeys: [] }),
    listedBlock: fc.record({ gte: fc.nat(12), lte: fc.nat(12) }, { requiredKeys: [] }),
    tradable: fc.boolean(),
    id: fc.record({ in: fc.subarray(rows.slice(0, 20).map(({ id }) => id)) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ListingFilter>;
// Leaves with one or two conditions hit often; all ten at once hit never.
const sparse = fc.tuple(leaf, fc.subarray(["status", "dataKind", "region", "provider", "price", "purposes", "sales", "listedBlock", "tradable", "id"], { maxLength: 2 })).map(
  ([full, names]) => Object.fromEntries(Object.entries(full).filter(([name]) => names.includes(name))) as ListingFilter,
);
const filters: fc.Arbitrary<ListingFilter> = fc.letrec<{ node: ListingFilter }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    sparse,
    fc.record({ AND: fc.array(tie("node"), { maxLength: 3 }), OR: fc.array(tie("node"), { maxLength: 3 }), NOT: tie("node") }, { requiredKeys: [] }) as fc.Arbitrary<ListingFilter>,
  ),
})).node;

const sortKeys: Partial<Record<ListingOrderField, (row: Row) => bigint>> = {
  [ListingOrderField.LISTED]: (row) => BigInt(row.listedBlock),
  [ListingOrderField.PRICE]: (row) => row.price,
  [ListingOrderField.SALES]: (row) => BigInt(row.sales),
  [ListingOrderField.DATA_KIND]: (row) => BigInt(row.dataKind),
  [ListingOrderField.REGION]: (row) => BigInt(row.region),
};
const orders: fc.Arbitrary<ListingOrder[]> = fc.uniqueArray(
  fc.record({ field: some(Object.keys(sortKeys) as ListingOrderField[]), direction: some([SortDirection.ASC, SortDirection.DESC]) }),
  { selector: ({ field }) => field, maxLength: 3 },
);

function expected(where: ListingFilter, orderBy: readonly ListingOrder[]): string[] {
  const keys = orderBy.length > 0 ? orderBy : [{ field: ListingOrderField.LISTED, direction: SortDirection.DESC }];
  return rows
    .filter((row) => holds(where, row))
    .sort((a, b) => {
      for (const { field, direction } of keys) {
        const [x, y] = [sortKeys[field]!(a), sortKeys[field]!(b)];
        if (x !== y) return x < y === (direction === SortDirection.ASC) ? -1 : 1;
      }
      return a.id < b.id ? -1 : 1;
    })
    .map(({ id }) => id);
}

const everything = select("totalCount edges { cursor node { id price } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } facets { status dataKind region purposes }");
const find = (query: ListingsQuery, at: number | null = null): ReturnType<typeof findListings> => findListings({ database, cursorKey }, query, { at, viewer: null }, everything);

/** All pages, one after the other; from the end to the begin when going backwards. */
async function pages(where: ListingFilter, orderBy: readonly ListingOrder[], size: number, backwards: boolean): Promise<{ ids: string[]; total: number | undefined }> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page = await find({ where, orderBy, ...(backwards ? { last: size, before: cursor } : { first: size, after: cursor }) });
    const found = page.edges.map(({ node }) => node.id);
    if (backwards) ids.unshift(...found);
    else ids.push(...found);
    assert.ok(found.length <= size);
    assert.equal(backwards ? page.pageInfo.hasNextPage : page.pageInfo.hasPreviousPage, cursor !== null);
    if (!(backwards ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage)) return { ids, total: page.totalCount };
    cursor = backwards ? page.pageInfo.startCursor : page.pageInfo.endCursor;
  }
}

test("filters, orders and pages give what a plain search in memory gives", async () => {
  await fc.assert(
    fc.asyncProperty(filters, orders, fc.integer({ min: 5, max: 60 }), fc.boolean(), async (where, orderBy, size, backwards) => {
      const want = expected(where, orderBy);
      const got = await pages(where, orderBy, size, backwards);
      assert.deepEqual(got.ids, want);
      assert.equal(got.total, want.length);
    }),
    { numRuns: 150 },
  );
});

test("facets count what the filter finds, on all pages", async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (where) => {
      const found = rows.filter((row) => holds(where, row));
      const tally = <T>(values: readonly T[]): Map<T, number> => values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map<T, number>());
      const toMap = <T>(counts: readonly { value: T; count: number }[]): Map<T, number> => new Map(counts.map(({ value, count }) => [value, count]));
      const { facets: counted, totalCount } = await find({ where, first: 1 });
      const facets = counted as ListingFacets;
      assert.equal(totalCount, found.length);
      assert.deepEqual(toMap(facets.status), tally(found.map(({ status }) => status)));
      assert.deepEqual(toMap(facets.dataKind), tally(found.map(({ dataKind }) => dataKind)));
      assert.deepEqual(toMap(facets.region), tally(found.map(({ region }) => region)));
      assert.deepEqual(toMap(facets.purposes), tally(found.flatMap(({ purposes }) => bits.filter((bit) => (purposes & bit) !== 0))));
    }),
    { numRuns: 60 },
  );
});

test("as of a block the versions of then are found", async () => {
  const { edges } = await find({ first: 200 }, 50);
  assert.deepEqual(new Set(edges.map(({ node }) => node.price)), new Set([1n]));
  assert.equal(edges.length, rows.length);
  assert.equal((await find({ first: 1 }, 5)).totalCount, rows.filter(({ listedBlock }) => listedBlock <= 5).length);
  const { pageInfo } = await find({ first: 5 }, 50);
  await assert.rejects(find({ first: 5, after: pageInfo.endCursor }, 51), (error) => error instanceof AppError && error.code === "CURSOR_INVALID");
});

test("`tradable` as a field says what the filter finds, with the row; as of a block what the platform knows by now counts", async () => {
  const query = { where: { status: { eq: ListingStatus.APPROVED } }, first: 200 };
  const told = async (at: number | null): Promise<Map<string, boolean>> => {
    const { nodes } = await findListings({ database, cursorKey }, query, { at, viewer: null }, select("nodes { id tradable }"));
    return new Map(nodes.map((listing) => [listing.id, getRelated(listing, "#unsold") === null]));
  };
  const approved = rows.filter(({ status }) => status === ListingStatus.APPROVED);
  const expected = new Map(approved.map(({ id, unsold }) => [id, unsold === null]));
  assert.equal(new Set(expected.values()).size, 2);
  assert.deepEqual(new Map([...(await told(null))].sort()), new Map([...expected].sort()));
  assert.deepEqual(new Map([...(await told(50))].sort()), new Map([...expected].sort()));
  const count = async (at: number | null): Promise<number | undefined> => (await find({ where: { tradable: true }, first: 1 }, at)).totalCount;
  assert.deepEqual([await count(null), await count(50)], [...Array<number>(2).fill(approved.filter(({ unsold }) => unsold === null).length)]);
});

test("a cursor is refused for another filter or order", async () => {
  const where: ListingFilter = { tradable: true };
  const { edges } = await find({ where, first: 2 });
  const after = edges[0]!.cursor;
  const refused = (query: ListingsQuery): Promise<void> => assert.rejects(find(query), (error) => error instanceof AppError && error.code === "CURSOR_INVALID");
  await refused({ after });
  await refused({ where: { tradable: false }, after });
  await refused({ where, before: after, last: 3, orderBy: [{ field: ListingOrderField.PRICE, direction: SortDirection.ASC }] });
  assert.equal((await find({ where, after, first: 5 })).edges.length, 5);
});

test("absurd queries are refused with a typed error", async () => {
  const code = async (query: ListingsQuery): Promise<string> => {
    try {
      await find(query);
      return "none";
    } catch (error) {
      return error instanceof AppError ? error.code : String(error);
    }
  };
  assert.equal(await code({ first: 0 }), "BAD_INPUT");
  assert.equal(await code({ first: -1 }), "BAD_INPUT");
  assert.equal(await code({ first: 5, last: 5 }), "BAD_INPUT");
  assert.equal(await code({ last: 201 }), "LIMIT_EXCEEDED");
  assert.equal(await code({ orderBy: [{ field: ListingOrderField.RELEVANCE, direction: SortDirection.ASC }] }), "BAD_INPUT");
  assert.equal(await code({ first: 100_000 }), "LIMIT_EXCEEDED");
  assert.equal(await code({ where: { provider: { eq: "0x12'; drop table listing; --" } } }), "BAD_INPUT");
  assert.equal(await code({ where: { region: { in: Array.from({ length: 1001 }, (_, i) => i) } } }), "LIMIT_EXCEEDED");
  assert.equal(await code({ orderBy: [{ field: ListingOrderField.PRICE, direction: SortDirection.ASC }, { field: ListingOrderField.PRICE, direction: SortDirection.DESC }] }), "BAD_INPUT");
  let deep: ListingFilter = {};
  for (let i = 0; i < 20; i++) deep = { NOT: deep };
  assert.equal(await code({ where: deep }), "LIMIT_EXCEEDED");
  assert.equal(await code({ where: { OR: Array.from({ length: 300 }, () => ({ tradable: true })) } }), "LIMIT_EXCEEDED");
});
