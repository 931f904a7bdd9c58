import type { DataSource } from "typeorm";
import type { DataKind, ListingStatus } from "../../schema/market.js";
import { AppError } from "../../schema/errors.js";
import { versionsAt } from "../chain/as-of.js";
import { compileListingFilter } from "../filters/listing-filter.js";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import { ListingDimension, type ListingAggregates, type TimeBucket } from "../types/aggregates.js";
import type { ListingFilter } from "../types/listing-filter.js";
import { toMoney, type Currency, type Money } from "../types/money.js";

export interface AggregatesQuery {
  where?: ListingFilter | null | undefined;
  groupBy?: readonly ListingDimension[] | null | undefined;
  bucket?: TimeBucket | null | undefined;
  /** 0 to 100. */
  percentiles?: readonly number[] | null | undefined;
  /** As of this block; null for now. */
  at?: number | null | undefined;
}

/** Most groups of an answer, and most percentiles. */
export const maxGroups = 10_000;
const maxPercentiles = 20;

const columns: Record<ListingDimension, string> = {
  [ListingDimension.STATUS]: "l.status",
  [ListingDimension.DATA_KIND]: "l.data_kind",
  [ListingDimension.REGION]: "l.region",
  [ListingDimension.PROVIDER]: "l.provider",
};

interface Row {
  block: number;
  status: ListingStatus | null;
  data_kind: DataKind | null;
  region: number | null;
  provider: string | null;
  period: Date | null;
  count: number;
  providers: number;
  sales: number;
  sum: string;
  avg: string;
  min: string;
  max: string;
  percentiles: string[];
}

/** @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export async function aggregateListings({ database, currency }: { database: DataSource; currency: Currency }, query: AggregatesQuery): Promise<ListingAggregates> {
  const percentiles = query.percentiles ?? [];
  if (percentiles.length > maxPercentiles) throw new AppError("LIMIT_EXCEEDED", `At most ${maxPercentiles} percentiles.`, { details: { limit: maxPercentiles } });
  if (percentiles.some((each) => !(each >= 0 && each <= 100))) throw new AppError("BAD_INPUT", "percentiles: 0 to 100", { details: { field: "percentiles" } });
  const { at = null, bucket } = query;
  const asked = new Set(query.groupBy ?? []);
  const period = bucket ? part("(date_trunc(?, l.listed_time at time zone ?) at time zone ?)", bucket.unit.toLowerCase(), bucket.timeZone, bucket.timeZone) : part("null::timestamptz");
  const dimension = (name: ListingDimension, type: string): string => (asked.has(name) ? columns[name] : `null::${type}`);
  const chosen: SqlPart = allOf([versionsAt("l", at), compileListingFilter(query.where)]);
  const { text, values } = bind(
    part("with status as (select height from chain_status where id = 1), grouped as (select"),
    part(`${dimension(ListingDimension.STATUS, "text")} as status, ${dimension(ListingDimension.DATA_KIND, "smallint")} as data_kind,
      ${dimension(ListingDimension.REGION, "integer")} as region, ${dimension(ListingDimension.PROVIDER, "text")} as provider,`),
    period,
    part("as period, l.price, l.sales, l.provider as by from listing l where"),
    chosen,
    // avg() rounds large amounts to 16 digits: the sum is divided exactly. One state of the database for the groups and the block that they are told of; no group at all still names it.
    part(
      `), groups as (
         select status, data_kind, region, provider, period, count(*)::int as count, count(distinct by)::int as providers, sum(sales)::int as sales,
           sum(price)::text as sum, div(sum(price), count(*))::text as avg, min(price)::text as min, max(price)::text as max,
           percentile_disc(?::float8[]) within group (order by price)::text[] as percentiles
         from grouped group by status, data_kind, region, provider, period
       )
       select s.height as block, g.* from status s left join groups g on true
       order by g.status, g.data_kind, g.region, g.provider, g.period limit ?`,
      [0.5, ...percentiles.map((each) => each / 100)],
      maxGroups + 1,
    ),
  );
  const rows = (await database.query(text, values)) as (Row | (Omit<Row, "count"> & { count: null }))[];
  if (rows.length > maxGroups) throw new AppError("LIMIT_EXCEEDED", `The answer has more than ${maxGroups} groups: filter, or group by less.`, { details: { limit: maxGroups } });
  const money = (amount: string): Money => toMoney(currency, BigInt(amount));
  return {
    block: at ?? rows[0]?.block ?? 0,
    groups: rows
      .filter((row): row is Row => row.count !== null)
      .map((row) => ({
        status: row.status,
        dataKind: row.data_kind,
        region: row.region,
        provider: row.provider,
        period: row.period,
        count: row.count,
        providers: row.providers,
        sales: row.sales,
        price: {
          sum: money(row.sum),
          avg: money(row.avg),
          min: money(row.min),
          max: money(row.max),
          median: money(row.percentiles[0]!),
          percentiles: percentiles.map((percentile, index) => ({ percentile, value: money(row.percentiles[index + 1]!) })),
        },
      })),
  };
}
