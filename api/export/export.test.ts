import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { tableFromIPC } from "apache-arrow";
import { parse } from "csv-parse/sync";
import { Wallet } from "ethers";
import { Role } from "../../schema/market.js";
import { withApi, type TestApi } from "../../test/support/with-api.js";
import { csvLine } from "./csv.js";

let t: TestApi;
let token: string;
const listings: string[] = [];
const provider = Wallet.createRandom();
const text = "mutation($format: ExportFormat!, $where: ListingFilter, $at: AsOf) { exportRows(source: LISTINGS, format: $format, listings: $where, at: $at) { url expiresAt block rows } }";
interface Link {
  url: string;
  block: number;
  rows: number;
}

before(async () => {
  t = await withApi();
  await t.accredit(provider, Role.PROVIDER);
  token = await t.signIn(provider);
  for (const price of [3_000_000n, 2n ** 60n + 1n, 5_000_000n]) listings.push((await t.list(provider, { price })).listingId);
});
after(() => t.stop());

const link = async (variables: object): Promise<Link> => {
  const answer = await t.ask(text, variables, token);
  assert.deepEqual(answer.errors, []);
  return (answer.data as unknown as { exportRows: Link }).exportRows;
};

test("CSV has each row of the filter as of the block, exactly, and the same bytes each time", async () => {
  const { url, block, rows } = await link({ format: "CSV", where: { price: { gte: "4000000" } } });
  assert.equal(rows, 2);
  const [answer, again] = await Promise.all([fetch(url), fetch(url)]);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/csv/);
  assert.match(answer.headers.get("content-disposition") ?? "", new RegExp(`listings-${block}\\.csv`));
  const body = await answer.text();
  assert.equal(body, await again.text());
  const read = parse(body, { columns: true }) as Record<string, string>[];
  assert.deepEqual(read.map(({ id, price, provider: by, status }) => [id, price, by, status]), [[listings[1], String(2n ** 60n + 1n)], [listings[2], "5000000"]].sort().map((each) => [...each, provider.address.toLowerCase(), "PENDING"]));
});

test("Parquet has the same rows, typed", async () => {
  const { url, rows } = await link({ format: "PARQUET" });
  const folder = mkdtempSync(join(tmpdir(), "galen-parquet-"));
  writeFileSync(join(folder, "x.parquet"), Buffer.from(await (await fetch(url)).arrayBuffer()));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const got = (await connection.runAndReadAll(`select id, price, listed_time > timestamptz '2000-01-01' as recent, typeof(price) as type from '${join(folder, "x.parquet")}' order by id`)).getRowsJS();
  assert.equal(rows, 3);
  assert.deepEqual(got, [[listings[0], 3_000_000n], [listings[1], 2n ** 60n + 1n], [listings[2], 5_000_000n]].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)).map((each) => [...each, true, "UBIGINT"]));
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

test("Arrow has the same rows, typed, also none", async () => {
  const { url } = await link({ format: "ARROW" });
  const table = tableFromIPC(new Uint8Array(await (await fetch(url)).arrayBuffer()));
  const rows = (table.toArray() as Record<string, unknown>[]).map((row) => [row["id"], row["price"], row["region"], new Date(Number(row["listed_time"])).getUTCFullYear() > 2000, row["previous_id"]]);
  assert.deepEqual(rows, [[listings[0], 3_000_000n], [listings[1], 2n ** 60n + 1n], [listings[2], 5_000_000n]].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)).map((each) => [...each, 276, true, null]));
  const none = await link({ format: "ARROW", where: { price: { lt: "1" } } });
  const empty = tableFromIPC(new Uint8Array(await (await fetch(none.url)).arrayBuffer()));
  assert.deepEqual([empty.numRows, empty.schema.names[0]], [0, "id"]);
});

test("an export is of its block, whatever happens after", async () => {
  const before = await link({ format: "CSV" });
  await t.list(provider);
  assert.equal((await (await fetch(before.url)).text()).trim().split("\r\n").length, 1 + 3);
  assert.equal((await link({ format: "CSV", at: { block: before.block } })).rows, 3);
});

test("a link is asked for by those who are signed in; a changed or forgotten one is refused", async () => {
  assert.equal((await t.ask(text, { format: "CSV" })).errors[0]?.extensions.code, "UNAUTHENTICATED");
  const wrong = await t.ask(text.replace("listings:", "orders:").replace("$where: ListingFilter", "$where: OrderFilter"), { format: "CSV", where: {} }, token);
  assert.equal(wrong.errors[0]?.extensions.code, "BAD_INPUT");
  const { url } = await link({ format: "CSV" });
  const at = url.length - 8;
  assert.equal((await fetch(url.slice(0, at) + (url[at] === "A" ? "B" : "A") + url.slice(at + 1))).status, 403);
  await t.api.deps.redis.flushdb();
  assert.equal((await fetch(url)).status, 410);
});

test("a text that a spreadsheet would run is no formula any more; commas, quotes and line ends survive", () => {
  assert.equal(csvLine(["=1+1", "+2", "-3", "@x", "\tx", "plain", 'a "b", c', "", null, -5, true]), `'=1+1,'+2,'-3,'@x,'\tx,plain,"a ""b"", c","",,-5,true\r\n`);
});
