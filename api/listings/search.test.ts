import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { keccak256, toUtf8Bytes } from "ethers";
import type { DataSource } from "typeorm";
import type { Listing } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
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

before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  let price = 1;
  for (const [name, title] of Object.entries(titles)) {
    const profile = { modalities: name === "plain" ? ["IMAGING:MR"] : ["LABORATORY"], recordCount: 10 * price, patientCount: null, resourceTypes: [{ name: "MedicationRequest", count: 9 }], topConditions: [{ system: "icd", code: name === "plain" ? "J45" : "E11", count: 7 }] };
    const body = JSON.stringify({ format: "FHIR_JSON", profile, title });
    await database.query("insert into app.metadata (hash, body) values ($1, $2)", [keccak256(toUtf8Bytes(body)), body]);
    await database.query(
      `insert into listing (id, from_block, status, provider, payee, content_hash, plaintext_root, ciphertext_root, key_commitment, metadata_hash, legal_evidence_hash, data_kind, region,
         price, purposes, p10, p50, p90, model_hash, approvals, rejections, sales, listed_block, listed_time, listed_transaction, block_time, transaction_hash, log_index)
       values ($1, $2::integer, 'APPROVED', null, '', '', '', '', '', $3, '', 1, 276, $2::integer, 1, 1, 2, 3, '', 0, 0, 0, $2::integer, now(), '', now(), '', 0)`,
      [idOf(name), price++, keccak256(toUtf8Bytes(body))],
    );
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
