import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance, DuckDBTimestampTZValue } from "@duckdb/node-api";
import { tableFromIPC } from "apache-arrow";
import { parse } from "csv-parse/sync";
import { Wallet } from "ethers";
import { DataKind, ParticipantKind, Purpose } from "../../schema/market.js";
import { RandomMarket, seeded } from "../../test/support/random-market.js";
import { withApi, type Answer, type TestApi } from "../../test/support/with-api.js";

/** Less than the whole listings have, and than what has many groups. */
const maxBytes = 30_000;

let t: TestApi;
let market: RandomMarket;
let token: string;

before(async () => {
  t = await withApi({ EXPORT_MAX_BYTES: String(maxBytes) }, { indexer: false });
  market = new RandomMarket(t.database, seeded(11));
  await market.begin();
  for (let block = 0; block < 50; block += 1) await market.advance(6);
  token = await t.signIn(Wallet.createRandom());
});
after(() => t.stop());

type Format = "ARROW" | "CSV" | "PARQUET";
interface Link {
  url: string;
  expiresAt: string;
  block: number;
  rows: number;
}
interface Amount {
  amount: string;
}
/** What a group of any source may have. */
interface Group extends Record<string, unknown> {
  period: string;
  count: number;
}
type Answered = { block: number; groups: Group[] } & Record<Format, Link>;

const links = "CSV: export(format: CSV) { url expiresAt block rows } PARQUET: export(format: PARQUET) { url expiresAt block rows } ARROW: export(format: ARROW) { url expiresAt block rows }";
async function ask(query: string): Promise<Answered> {
  const answer = await t.ask(query, {}, token);
  assert.deepEqual(answer.errors, [], query);
  return Object.values(answer.data as object)[0] as Answered;
}

interface Read {
  names: string[];
  types: string[];
  /** Each cell as text; null as "". */
  rows: string[][];
}
const toText = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (value instanceof DuckDBTimestampTZValue) return new Date(Number(value.micros / 1000n)).toISOString();
  if (value instanceof Uint32Array) return String([...value].reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n));
  return (value as { toString(): string }).toString();
};

const readers: Readonly<Record<Format, (bytes: Buffer) => Promise<Read>>> = {
  CSV(bytes) {
    const [names, ...rows] = parse(bytes) as [string[], ...string[][]];
    const period = names.indexOf("period");
    return Promise.resolve({ names, types: [], rows: rows.map((row) => row.map((cell, index) => (index === period ? new Date(cell).toISOString() : cell))) });
  },
  async PARQUET(bytes) {
    const folder = mkdtempSync(join(tmpdir(), "galen-parquet-"));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
      writeFileSync(join(folder, "x.parquet"), bytes);
      const read = await connection.runAndReadAll(`select * from '${join(folder, "x.parquet")}'`);
      return { names: read.columnNames(), types: read.columnTypes().map(String), rows: read.getRows().map((row) => row.map(toText)) };
    } finally {
      connection.closeSync();
      instance.closeSync();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  ARROW(bytes) {
    const table = tableFromIPC(new Uint8Array(bytes));
    const { fields } = table.schema;
    const rows = (table.toArray() as Record<string, unknown>[]).map((row) => fields.map(({ name }) => (name === "period" ? new Date(Number(row[name])).toISOString() : toText(row[name]))));
    return Promise.resolve({ names: fields.map(({ name }) => name), types: fields.map(({ type }) => String(type)), rows });
  },
};
const fetched = async ({ url }: Link): Promise<Buffer> => {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
};

const statistics = "sum { amount } avg { amount } min { amount } max { amount } median { amount } percentiles { value { amount } }";
const asMoney = (name: string): string[] => [...["sum", "avg", "min", "max", "median", "p10", "p99_5"].map((each) => `${name}_${each}_tusd_e6`)];
const moneyOf = (value: unknown): unknown[] => {
  const amounts = value as (Record<string, Amount> & { percentiles: { value: Amount }[] }) | null;
  return amounts ? [...["sum", "avg", "min", "max", "median"].map((each) => amounts[each]!.amount), ...amounts.percentiles.map((each) => each.value.amount)] : new Array<null>(7).fill(null);
};
const cases = [
  {
    name: "listings",
    query: `{ listingAggregates(where: { tradable: true }, groupBy: [PROVIDER, PROVIDER_KIND], bucket: { unit: MONTH, timeZone: "Europe/Berlin" }, having: [{ measure: COUNT, gte: "1" }], orderBy: [{ measure: PRICE_MAX }], limit: 12,
      percentiles: [10, 99.5], histogram: { from: "2000000", width: "3000000", buckets: 2 })
      { block ${links} groups { provider providerKind period count providers sales price { ${statistics} histogram { count } } predicted { sum { amount } } } } }`,
    names: ["provider", "provider_kind", "period", "count", "providers", ...asMoney("price"), ...["below_2000000", "2000000_to_5000000", "5000000_to_8000000", "from_8000000"].map((bar) => `price_bar_${bar}`), "predicted_sum_tusd_e6", "sales_sum"],
    row: (group: Group) => [
      group["provider"], ParticipantKind[group["providerKind"] as keyof typeof ParticipantKind], group.period, group.count, group["providers"], ...moneyOf(group["price"]),
      ...(group["price"] as { histogram: { count: number }[] }).histogram.map(({ count }) => count), (group["predicted"] as { sum: Amount }).sum.amount, group["sales"],
    ],
  },
  {
    name: "orders",
    query: `{ orderAggregates(groupBy: [STATUS, PURPOSE], bucket: { unit: YEAR }, percentiles: [10, 99.5]) { block ${links} groups { status purpose period count buyers listings price { ${statistics} } fee { ${statistics} } } } }`,
    names: ["status", "purpose", "period", "count", "buyers", "listings", ...asMoney("price"), ...asMoney("fee")],
    row: (group: Group) => [group["status"], Purpose[group["purpose"] as keyof typeof Purpose], group.period, group.count, group["buyers"], group["listings"], ...moneyOf(group["price"]), ...moneyOf(group["fee"])],
  },
  {
    name: "audits",
    query: `{ auditAggregates(groupBy: [APPROVE, REASON, DATA_KIND], bucket: { unit: YEAR }, percentiles: [90]) { block ${links} groups { approve reason dataKind period count auditors listings waiting { sum median percentiles { value } } } } }`,
    names: ["approve", "reason", "data_kind", "period", "count", "auditors", "listings", "waiting_sum", "waiting_median", "waiting_p90"],
    row: (group: Group) => {
      const waiting = group["waiting"] as { sum: string; median: string; percentiles: { value: string }[] };
      return [group["approve"], group["reason"], DataKind[group["dataKind"] as keyof typeof DataKind], group.period, group.count, group["auditors"], group["listings"], waiting.sum, waiting.median, waiting.percentiles[0]!.value];
    },
  },
];

for (const { name, query, names, row } of cases) {
  test(`groups of ${name} are the same in each format as in the answer, exactly, with a column each`, async () => {
    const answer = await ask(query);
    assert.ok(answer.groups.length > 3, `${answer.groups.length} groups`);
    const expected = answer.groups.map((group) => row(group).map(toText));
    for (const format of ["CSV", "PARQUET", "ARROW"] as const) {
      const link = answer[format];
      assert.deepEqual([link.block, link.rows], [answer.block, answer.groups.length]);
      const read = await readers[format](await fetched(link));
      assert.deepEqual(read.names, names, format);
      assert.deepEqual(read.rows, expected, format);
    }
  });
}

test("numbers keep their types: counts, amounts of 64 bits, sums of 38 digits", async () => {
  const { PARQUET, ARROW } = await ask(`{ listingAggregates(groupBy: [STATUS], bucket: { unit: YEAR }) { ${links} groups { count price { sum { amount } max { amount } } } } }`);
  assert.deepEqual((await readers.PARQUET(await fetched(PARQUET))).types, ["VARCHAR", "TIMESTAMP WITH TIME ZONE", "INTEGER", "DECIMAL(38,0)", "UBIGINT"]);
  const { types } = await readers.ARROW(await fetched(ARROW));
  assert.deepEqual([types[0], types[2], types[4]], ["Utf8", "Int32", "Uint64"]);
  assert.match(types[3]!, /^Decimal\[38e\+?0\]$/);
});

test("the groups are of the block that the answer names, whatever happens after", async () => {
  const text = `{ orderAggregates(groupBy: [STATUS]) { block ${links} groups { status count price { sum { amount } } } } }`;
  const answer = await ask(text);
  const expected = answer.groups.map((group) => [group["status"], group.count, (group["price"] as { sum: Amount }).sum.amount].map(toText));
  for (let block = 0; block < 5; block += 1) await market.advance(6);
  t.api.deps.freshness.invalidate();
  const later = await ask(text);
  assert.ok(later.block > answer.block);
  assert.notDeepEqual(later.groups, answer.groups);
  assert.deepEqual((await readers.CSV(await fetched(answer.CSV))).rows, expected);
  assert.equal((await readers.CSV(await fetched((await ask(text.replace("(groupBy", `(at: { block: ${answer.block} }, groupBy`))).CSV))).rows.length, expected.length);
});

test("who is not signed in gets the groups and no link; a link is not citable, and each costs as its answer does", async () => {
  const text = "{ auditAggregates { block groups { count } export(format: CSV) { url } } }";
  const answer = await t.ask(text);
  assert.equal(answer.errors[0]?.extensions.code, "UNAUTHENTICATED");
  const { auditAggregates } = answer.data as unknown as { auditAggregates: { groups: object[]; export: null } };
  assert.deepEqual([auditAggregates.groups.length, auditAggregates.export], [1, null]);
  const cited = await t.ask("mutation($input: CiteInput!) { cite(input: $input) { id } }", { input: { query: text } }, token);
  assert.equal(cited.errors[0]?.extensions.code, "BAD_INPUT");
  const cost = async (query: string): Promise<number> => ((await t.ask(query, {}, token)).extensions as unknown as { cost: { estimated: number } }).cost.estimated;
  assert.ok((await cost(text)) >= (await cost("{ auditAggregates { block groups { count } } }")) + 200);
  assert.equal((await fetch(`${t.url}/export/nonsense`)).status, 403);
});

test("no groups are a file with its columns", async () => {
  const { CSV, PARQUET, ARROW } = await ask(`{ listingAggregates(where: { price: { lt: "1" } }, groupBy: [REGION]) { ${links} groups { count providers } } }`);
  for (const [format, link] of Object.entries({ CSV, PARQUET, ARROW })) {
    const { names, rows } = await readers[format as Format](await fetched(link));
    assert.deepEqual([names, rows], [["region", "count", "providers"], []]);
  }
});

test("an export with too many bytes is refused with its limit, or breaks off: it never looks whole", async () => {
  const exported = (where: object): Promise<Answer> => t.ask("mutation($where: ListingFilter) { exportRows(source: LISTINGS, format: CSV, listings: $where) { url rows } }", { where }, token);
  const refused = await exported({});
  assert.equal(refused.errors[0]?.extensions.code, "LIMIT_EXCEEDED");
  assert.equal(refused.errors[0]?.extensions.details?.["limit"], maxBytes);
  const few = ((await exported({ price: { eq: "3000000" } })).data as unknown as { exportRows: Link }).exportRows;
  assert.equal((await readers.CSV(await fetched(few))).rows.length, few.rows);

  const many = await ask(`{ listingAggregates(groupBy: [PROVIDER, REGION, STATUS, PURPOSE], bucket: { unit: WEEK }) { ${links} groups { provider count } } }`);
  const broken = await fetch(many.CSV.url);
  assert.equal(broken.status, 200);
  await assert.rejects(broken.text());

  // A Parquet file is whole before it is sent, so it can be refused: here for the names of its columns.
  const far = "1".padEnd(28, "0");
  const wide = await ask(`{ listingAggregates(histogram: { from: "${far}", width: "${far}", buckets: 100 }) { ${links} groups { price { histogram { count } } predicted { histogram { count } } } } }`);
  const answer = await fetch(wide.PARQUET.url);
  const { code, details } = (await answer.json()) as { code: string; details: { limit: number; bytes: number } };
  assert.deepEqual([answer.ok, code, details.limit], [false, "LIMIT_EXCEEDED", maxBytes]);
  assert.ok(details.bytes > maxBytes);
});
