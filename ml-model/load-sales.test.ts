import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DataSource } from "typeorm";
import { connectDatabase } from "../platform/database/connect.js";
import { migrate } from "../platform/database/migrate.js";
import { type TestService, withPostgres } from "../test/support/with-postgres.js";
import { loadInstitutionLinks, loadMarketContext, loadSales, type Query } from "./load-sales.js";
import { madeAccount } from "./made-sales.js";

let postgres: TestService;
let database: DataSource;
const query: Query = (sql, parameters) => database.query(sql, parameters);
const at = (block: number): string => new Date(1_790_000_000_000 + 1000 * block).toISOString();

/** Inserts a row; the columns that no test looks at get a filler of their type. */
async function insert(table: string, values: Record<string, unknown>): Promise<void> {
  const columns = (await database.query("select column_name as name, data_type as type, is_nullable = 'NO' as needed from information_schema.columns where table_schema = 'public' and table_name = $1", [table])) as
    { name: string; type: string; needed: boolean }[];
  const filler = (type: string): unknown => (type === "text" ? "0x00" : type === "boolean" ? false : type.startsWith("timestamp") ? at(0) : 0);
  const row = columns.filter((c) => c.needed || values[c.name] !== undefined).map((c) => [c.name, values[c.name] ?? filler(c.type)] as const);
  await database.query(`insert into ${table} (${row.map(([name]) => name).join()}) values (${row.map((_, i) => `$${i + 1}`).join()})`, row.map(([, v]) => v));
}

before(async () => {
  postgres = await withPostgres();
  database = await connectDatabase({ url: postgres.url, service: "test" });
  await migrate(database);
  const listing = { provider: madeAccount(1), payee: madeAccount(2), data_kind: 1, price: "900", p10: "500", p50: "800", p90: "1200", model_hash: "0xab", listed_block: 5 };
  await insert("listing", { ...listing, id: "one", from_block: 5, to_block: 8, status: "PENDING" });
  await insert("listing", { ...listing, id: "one", from_block: 8, status: "APPROVED" });
  await insert("listing", { ...listing, id: "two", from_block: 6, status: "APPROVED", data_kind: 4, p50: "0", p10: "0", p90: "0" });
  const order = { buyer: madeAccount(9), price: "900", purchased_block: 10, purchased_time: at(10) };
  await insert("trade_order", { ...order, id: "a", listing_id: "one", from_block: 10, to_block: 14, status: "PAID" });
  await insert("trade_order", { ...order, id: "a", listing_id: "one", from_block: 14, status: "SETTLED", closed_block: 14 });
  await insert("trade_order", { ...order, id: "b", listing_id: "two", from_block: 11, status: "PAID" });
  for (const [n, institution, kind] of [[1, "0xaa", 2], [9, "0xbb", 4], [10, "0xbb", 4]] as const) {
    await insert("participant", { account: madeAccount(n), from_block: 1, institution, kind });
  }
});
after(async () => {
  await database.destroy();
  await postgres.stop();
});

void test("sales are as they were at the block: open at first, settled later; those without a prediction are left out", async () => {
  assert.deepEqual(await loadSales(query, 9), []);
  const [open] = await loadSales(query, 13);
  assert.deepEqual([open?.orderId, open?.settledBlock], ["a", null]);
  const settled = await loadSales(query, 14);
  assert.equal(settled.length, 1);
  assert.deepEqual(settled[0], {
    orderId: "a", listingId: "one", provider: madeAccount(1), payee: madeAccount(2), buyer: madeAccount(9), dataKind: 1, price: 900n, p10: 500n, p50: 800n, p90: 1200n,
    modelHash: "0xab", listedBlock: 5, purchasedBlock: 10, purchasedTime: 1_790_000_010, settledBlock: 14, input: null,
  });
});

void test("a sale comes with the input that its listing was priced by, where that is known", async () => {
  const [sale] = await loadSales(query, 14, new Map([["one", { kind: "FHIR", records: 3 }]]));
  assert.deepEqual(sale?.input, { kind: "FHIR", records: 3 });
});

void test("wallets of one institution are linked; enterprises and offers are those of the block", async () => {
  assert.deepEqual(await loadInstitutionLinks(query, 14), [[madeAccount(9), madeAccount(10)]]);
  const context = await loadMarketContext(query, 7);
  assert.deepEqual(context.enterprises, new Set([madeAccount(9), madeAccount(10)]));
  assert.deepEqual(context.onOffer, { 4: 1 });
  assert.deepEqual((await loadMarketContext(query, 8)).onOffer, { 1: 1, 4: 1 });
});
