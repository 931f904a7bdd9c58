import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { keccak256, toUtf8Bytes } from "ethers";
import fc from "fast-check";
import type { DataSource } from "typeorm";
import type { Listing } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { ListingStatus } from "../../schema/market.js";
import { connectDatabase } from "../../platform/database/connect.js";
import { migrate } from "../../platform/database/migrate.js";
import { select } from "../../test/support/select.js";
import { withPostgres, type TestService } from "../../test/support/with-postgres.js";
import type { Page } from "../paging/find-page.js";
import type { ListingFacets } from "../types/facets.js";
import { SearchLanguage, type SearchHit } from "../types/search.js";
import { ListingOrderField, SortDirection } from "../types/states.js";
import { findListings, type ListingsQuery } from "./find-listings.js";

let postgres: TestService;
let database: DataSource;
const cursorKey = randomBytes(32);

/** Titles by what a test calls their listing; the profile's words are searched too. */
const titles: Readonly<Record<string, string>> = {
  glioma: "Longitudinal glioma imaging",
  gliomas: "Annotated gliomas and their sequencing",
  houses: "Krankenhäuser und ihre Patienten",
  children: "Étude sur les enfants asthmatiques",
  plain: "Nothing of note",
};
const idOf = (name: string): string => keccak256(toUtf8Bytes(name));
const nameOf = new Map(Object.keys(titles).map((name) => [idOf(name), name]));

interface Listed {
  id: string;
  hash: string;
  block: number;
  price: number;
  status?: string;
  kind?: number;
  region?: number;
  purposes?: number;
}

const list = (sql: Pick<DataSource, "query">, { id, hash, block, price, status = "APPROVED", kind = 1, region = 276, purposes = 1 }: Listed): Promise<unknown> =>
  sql.query(
    `insert into listing (id, from_block, status, provider, payee, content_hash, plaintext_root, ciphertext_root, key_commitment, metadata_hash, legal_evidence_hash, data_kind, region,
       price, purposes, p10, p50, p90, model_hash, approvals, rejections, sales, listed_block, listed_time, listed_transaction, block_time, transaction_hash, log_index)
     values ($1, $2::integer, $5, null, '', '', '', '', '', $3, '', $6, $7, $4::numeric, $8, 1, 2, 3, '', 0, 0, 0, $2::integer, now(), '', now(), '', 0)`,
    [id, block, hash, price, status, kind, region, purposes],
  );

before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  let price = 1;
  for (const [name, title] of Object.entries(titles)) {
    const profile = { modalities: name === "plain" ? ["IMAGING:MR"] : ["LABORATORY"], recordCount: 10 * price, patientCount: null, resourceTypes: [{ name: "MedicationRequest", count: 9 }], topConditions: [{ system: "icd", code: name === "plain" ? "J45" : "E11", count: 7 }] };
    const body = JSON.stringify({ format: "FHIR_JSON", profile, title });
    await database.query("insert into app.metadata (hash, body) values ($1, $2)", [keccak256(toUtf8Bytes(body)), body]);
    await list(database, { id: idOf(name), hash: keccak256(toUtf8Bytes(body)), block: price, price: price++ });
  }
  // Bytes that are no JSON may have a hash on the chain too.
  await database.query("insert into app.metadata (hash, body) values ('0x00', 'glioma {'), ('0x01', '[\"glioma\"]')");
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

const asked = select("totalCount edges { cursor node { id } search { score highlight } } pageInfo { hasNextPage endCursor } facets { status format modalities conditions }");
const find = (query: ListingsQuery): Promise<Page<Listing>> => findListings({ database, cursorKey }, query, { at: null, viewer: null }, asked);
const found = async (text: string, language?: SearchLanguage): Promise<string[]> => (await find({ search: { text, language: language ?? null } })).edges.map(({ node }) => nameOf.get(node.id)!);

test("words are found by their stems in each language, begins of words, phrases, alternatives; and not what was excluded", async () => {
  assert.deepEqual((await found("glioma", SearchLanguage.ENGLISH)).sort(), ["glioma", "gliomas"]);
  assert.deepEqual(await found("gliomas", SearchLanguage.NONE), ["gliomas"]);
  assert.deepEqual(await found("Krankenhaus Patient", SearchLanguage.GERMAN), ["houses"]);
  assert.deepEqual(await found("Krankenhaus"), ["houses"], "any language unless told");
  assert.deepEqual(await found("enfant asthmatique", SearchLanguage.FRENCH), ["children"]);
  assert.deepEqual((await found("glio*")).sort(), ["glioma", "gliomas"]);
  assert.deepEqual(await found("glio* sequencing"), ["gliomas"]);
  assert.deepEqual(await found("glioma -sequencing", SearchLanguage.ENGLISH), ["glioma"]);
  assert.deepEqual(await found('"glioma imaging"', SearchLanguage.ENGLISH), ["glioma"]);
  assert.deepEqual(await found('"imaging glioma"', SearchLanguage.ENGLISH), []);
  assert.deepEqual((await found("sequencing or note", SearchLanguage.ENGLISH)).sort(), ["gliomas", "plain"]);
  assert.deepEqual(await found("J45"), ["plain"], "codes of conditions are words");
  assert.equal((await found("medication request", SearchLanguage.ENGLISH)).length, 5, "types in one word are two");
  assert.deepEqual(await found("glioma'); drop table listing; --"), []);
});

test("the title counts more than the rest; the excerpt marks what was found", async () => {
  const { edges } = await find({ search: { text: "imaging", language: SearchLanguage.ENGLISH } });
  assert.deepEqual(edges.map(({ node }) => nameOf.get(node.id)), ["glioma", "plain"]);
  const hits = edges.map((edge) => (edge as unknown as { search: SearchHit }).search);
  assert.ok(hits[0]!.score > hits[1]!.score && hits[1]!.score > 0);
  assert.deepEqual(hits[0]!.highlight.filter(({ found: is }) => is).map(({ text }) => text.toLowerCase()), ["imaging"]);
  assert.match(hits[0]!.highlight.map(({ text }) => text).join(""), /^Longitudinal glioma imaging/);
});

test("a search goes with filters, orders, facets and cursors, and the cursor with it alone", async () => {
  const search = { text: "fhir", language: null };
  const orderBy = [{ field: ListingOrderField.PRICE, direction: SortDirection.DESC }];
  const page = await find({ search, orderBy, first: 2, where: { metadata: { recordCount: { lte: 40 } } } });
  assert.deepEqual([page.totalCount, page.edges.map(({ node }) => nameOf.get(node.id))], [4, ["children", "houses"]]);
  const facets = page.facets as ListingFacets;
  assert.deepEqual([facets.modalities, facets.conditions, facets.format, facets.status], [[{ value: "LABORATORY", count: 4 }], [{ value: "E11", count: 4 }], [{ value: "FHIR_JSON", count: 4 }], [{ value: "APPROVED", count: 4 }]]);
  const rest = await find({ search, orderBy, first: 2, after: page.pageInfo.endCursor, where: { metadata: { recordCount: { lte: 40 } } } });
  assert.deepEqual([rest.edges.map(({ node }) => nameOf.get(node.id)), rest.pageInfo.hasNextPage], [["gliomas", "glioma"], false]);
  await assert.rejects(find({ orderBy, after: page.pageInfo.endCursor }), (error) => error instanceof AppError && error.code === "CURSOR_INVALID");
  const ranked = await find({ search, first: 3 });
  const next = await find({ search, first: 3, after: ranked.pageInfo.endCursor });
  assert.equal(new Set([...ranked.edges, ...next.edges].map(({ node }) => node.id)).size, 5, "pages by relevance");
});

test("metadata is filtered by its parts", async () => {
  const names = async (metadata: NonNullable<ListingsQuery["where"]>["metadata"]): Promise<string[]> => (await find({ where: { metadata: metadata! } })).edges.map(({ node }) => nameOf.get(node.id)!).sort();
  assert.deepEqual(await names({ modalities: { has: "IMAGING:MR" } }), ["plain"]);
  assert.deepEqual(await names({ conditions: { hasAny: ["J45", "X99"] } }), ["plain"]);
  assert.deepEqual(await names({ title: { contains: "GLIOMA" } }), ["glioma", "gliomas"]);
  assert.deepEqual(await names({ title: { contains: "%" } }), [], "a letter like others");
  assert.deepEqual(await names({ title: { startsWith: "nothing" }, patientCount: { isNull: true } }), ["plain"]);
});

test("a search without a word, or too long, is refused", async () => {
  for (const text of ["", "  ", "---", "x".repeat(501)]) await assert.rejects(found(text), (error) => error instanceof AppError && error.code === "BAD_INPUT", text.slice(0, 5));
});

/** What is asked both ways: by the narrow table, and, as while the indexer writes a chain's past, by the listings themselves. */
async function bothWays(query: ListingsQuery, selection = asked): Promise<[unknown, unknown]> {
  const ask = async (): Promise<unknown> => {
    const { edges, nodes, pageInfo, totalCount, facets } = await findListings({ database, cursorKey }, query, { at: null, viewer: null }, selection);
    return { edges: edges.map((edge) => [edge.cursor, edge.node.id, (edge as unknown as { search: unknown }).search]), nodes: nodes.map(({ id }) => id), next: pageInfo.hasNextPage, totalCount, facets };
  };
  const narrow = await ask();
  await database.query("insert into index_aside (name, definition) values ('none', 'select')");
  try {
    return [narrow, await ask()];
  } finally {
    await database.query("delete from index_aside");
  }
}

const states = ["PENDING", "APPROVED", "REJECTED", "DELISTED"] as const;
const hashOf = (n: number): string => keccak256(toUtf8Bytes(`document ${n}`));
const few = fc.nat({ max: 5 });
/** What happens to listings and documents. */
const change = fc.oneof(
  fc.record({ kind: fc.constant("list" as const), n: fc.nat({ max: 20 }), document: few, price: fc.nat({ max: 3 }), state: fc.nat({ max: 3 }), purposes: fc.nat({ max: 127 }) }),
  fc.record({ kind: fc.constant("version" as const), n: fc.nat({ max: 20 }), price: fc.nat({ max: 3 }), state: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant("roll back" as const), blocks: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("document" as const), document: few, words: fc.subarray(["glioma", "mri", "cohort", "rare"]) }),
  fc.record({ kind: fc.constant("forget" as const), document: few }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** @param block - of the change. */
async function apply(made: Change, block: number): Promise<void> {
  const run = (text: string, ...values: unknown[]): Promise<unknown> => database.query(text, values);
  if (made.kind === "list") {
    const id = idOf(`random ${made.n}`);
    const known = (await run("select from listing where id = $1", id)) as unknown[];
    if (known.length === 0) await list(database, { id, hash: hashOf(made.document), block, price: made.price, status: states[made.state]!, kind: 1 + (made.n % 3), region: [276, 250][made.n % 2]!, purposes: made.purposes });
  } else if (made.kind === "version") {
    // As the indexer does: the version that ends and the one that follows, in one statement.
    await run(
      `with ended as (update listing set to_block = $2::integer where id = $1 and to_block is null and from_block < $2 returning *)
       insert into listing select (jsonb_populate_record(null::listing, to_jsonb(ended) || jsonb_build_object('from_block', $2::integer, 'to_block', null, 'price', $3::integer, 'status', $4::text))).* from ended`,
      ...[idOf(`random ${made.n}`), block, made.price, states[made.state]!],
    );
  } else if (made.kind === "roll back") {
    await run("delete from listing where from_block > $1", block - made.blocks);
    await run("update listing set to_block = null where to_block > $1", block - made.blocks);
  } else if (made.kind === "document") {
    await run("insert into app.metadata (hash, body) values ($1, $2) on conflict (hash) do update set body = excluded.body", hashOf(made.document), JSON.stringify({ title: made.words.join(" "), format: "CSV" }));
  } else await run("delete from app.metadata where hash = $1", hashOf(made.document));
}

const question = fc.record({
  text: fc.constantFrom("glioma", "mri cohort", "glioma or rare", "mri -glioma", '"glioma mri"', "co*"),
  order: fc.constantFrom(null, ListingOrderField.PRICE, ListingOrderField.LISTED, ListingOrderField.CHANGED),
  direction: fc.constantFrom(SortDirection.ASC, SortDirection.DESC),
  where: fc.constantFrom<NonNullable<ListingsQuery["where"]>>({}, { status: { eq: ListingStatus.APPROVED } }, { tradable: true }, { OR: [{ price: { gte: 2n } }, { NOT: { dataKind: { eq: 1 } } }] }, { purposes: { has: 1 } }, { sales: { gte: 0 } }, { region: { eq: 276 }, orders: { none: {} } }),
  first: fc.integer({ min: 1, max: 9 }),
  selection: fc.constantFrom("totalCount nodes { id title } facets { status dataKind region purposes }", "totalCount nodes { id } pageInfo { hasNextPage }", "edges { cursor node { id } search { score highlight } } facets { region }", "totalCount edges { cursor node { id } search { score } } facets { status format }"),
});

test("whatever happened to listings and documents, the narrow table answers as the listings do", async () => {
  let block = 1_000;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 25 }), fc.array(question, { minLength: 3, maxLength: 3 }), async (changes, questions) => {
      for (const made of changes) await apply(made, ++block);
      for (const { text, order, direction, where, first, selection } of questions) {
        const query: ListingsQuery = { search: { text, language: SearchLanguage.ENGLISH }, where, first, orderBy: order === null ? null : [{ field: order, direction }] };
        const [narrow, plain] = await bothWays(query, select(selection));
        assert.deepEqual(narrow, plain);
        const [page, cursor] = [await find({ ...query, first: 1 }), (await find({ ...query, first: 1 })).pageInfo.endCursor];
        if (page.pageInfo.hasNextPage) assert.deepEqual(...(await bothWays({ ...query, after: cursor }, select("nodes { id } pageInfo { hasNextPage }"))));
      }
    }),
    { numRuns: process.env["GALEN_DEEP"] ? 300 : 12 },
  );
  const [row] = (await database.query("select (select json_agg(s order by id) from app.listing_search s)::text as held, (select json_agg(s order by id) from app.listing_searched((select array_agg(id) from listing where to_block is null)) s)::text as right")) as { held: string; right: string }[];
  assert.equal(row!.held, row!.right);
  await database.query("delete from listing where from_block > 1000");
});

test("a listing and its document that are written at the same time find each other, and one that is forgotten meanwhile is not found", async () => {
  const begin = async (): Promise<{ query: (text: string, values?: unknown[]) => Promise<unknown>; end: () => Promise<void> }> => {
    const runner = database.createQueryRunner();
    await runner.startTransaction();
    return { query: (text, values) => runner.query(text, values), end: () => runner.commitTransaction().finally(() => runner.release()) };
  };
  const document = (sql: Pick<DataSource, "query">, n: number): Promise<unknown> => sql.query("insert into app.metadata (hash, body) values ($1, '{\"title\":\"simultaneous\"}')", [hashOf(n)]);
  const count = async (): Promise<number | undefined> => (await find({ search: { text: "simultaneous", language: SearchLanguage.NONE } })).totalCount;
  for (const [n, listingFirst] of [[100, true], [101, false]] as const) {
    const [first, second] = [await begin(), await begin()];
    const writes = [(sql: typeof first) => list(sql as never, { id: hashOf(n), hash: hashOf(n), block: 1, price: 1 }), (sql: typeof first) => document(sql as never, n)];
    if (!listingFirst) writes.reverse();
    await writes[0]!(first);
    const waiting = writes[1]!(second).then(() => second.end());
    await new Promise((resolve) => setTimeout(resolve, 50));
    await first.end();
    await waiting;
    assert.equal(await count(), n - 99);
  }
  const [forgetting, listing] = [await begin(), await begin()];
  await forgetting.query("delete from app.metadata where hash = $1", [hashOf(100)]);
  const waiting = list(listing as never, { id: hashOf(102), hash: hashOf(100), block: 1, price: 1 }).then(() => listing.end());
  await new Promise((resolve) => setTimeout(resolve, 50));
  await forgetting.end();
  await waiting;
  assert.equal(await count(), 1);
});
