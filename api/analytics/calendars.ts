import type { DuckDBConnection } from "@duckdb/node-api";
import type pg from "pg";
import { zoneTable, type Bucket } from "../aggregates/dialect.js";

/** Most calendars that are kept. */
const most = 32;
/** Longest span of a calendar, in quarters of an hour: 60 years. */
const longest = 60 * 366 * 96;
/** How far a calendar reaches beyond the newest row, so that it need not be made anew each quarter of an hour: 90 days. */
const ahead = 90 * 96;
/** Since 1980 every zone's clock has been a whole number of quarters of an hour from UTC. */
const first = (10 * 365 + 2) * 96;

/** Tables that tell the begin of a zone's bucket for each quarter of an hour. Postgres is asked, so that both engines have one calendar. */
export class Calendars {
  private readonly reach = new Map<string, { first: number; last: number }>();
  private making: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly source: pg.Pool,
  ) {}

  /** @throws Error for a zone that Postgres does not know, and for spans that are not offered */
  ensure(zone: Bucket): Promise<void> {
    const next = this.making.catch(() => undefined).then(() => this.extend(zone));
    this.making = next;
    return next;
  }

  private async extend(zone: Bucket): Promise<void> {
    const moments = [["listing", "listed"], ["trade_order", "purchased"], ["vote", "block"]].flatMap(([table, prefix]) => ["now", "past", "hot"].map((part) => `select min(${prefix}_quarter) as low, max(${prefix}_quarter) as high from ${table}_${part}`));
    const [row] = (await this.connection.runAndReadAll(`select min(low), max(high) from (${moments.join(" union all ")})`)).getRowsJS() as [number | null, number | null][];
    const [low, high] = [row?.[0] ?? first, row?.[1] ?? first];
    const name = zoneTable(zone);
    const reach = this.reach.get(name);
    if (reach && reach.first <= low && reach.last >= high) return;
    if (low < first || high - low > longest) throw new Error("its calendars do not reach so far");
    const last = high + ahead;
    const { rows } = await this.source.query<{ begin: string; low: number; high: number }>(
      `select extract(epoch from date_trunc($1, to_timestamp(quarter * 900::bigint) at time zone $2) at time zone $2)::bigint as begin, min(quarter) as low, max(quarter) as high
       from generate_series($3::integer, $4::integer) quarter group by 1`,
      [zone.unit.toLowerCase(), zone.timeZone, low, last],
    );
    await this.connection.run("create or replace temp table island (low integer, high integer, begin bigint)");
    const appender = await this.connection.createAppender("island");
    for (const island of rows) {
      appender.appendInteger(island.low);
      appender.appendInteger(island.high);
      appender.appendBigInt(BigInt(island.begin));
      appender.endRow();
    }
    appender.closeSync();
    await this.connection.run(`create or replace table ${name} as select unnest(range(low, high + 1))::integer as quarter, begin from island`);
    this.reach.set(name, { first: low, last });
    if (this.reach.size <= most) return;
    const [oldest] = this.reach.keys();
    this.reach.delete(oldest!);
    await this.connection.run(`drop table if exists ${oldest!}`);
  }

  async close(): Promise<void> {
    await this.source.end();
    this.connection.closeSync();
  }
}
