import { createHash } from "node:crypto";
import { part, type SqlPart } from "../filters/sql.js";
import type { TimeUnit } from "../types/aggregates.js";

/** A time bucket's length and the time zone whose calendar counts. */
export interface Bucket {
  unit: TimeUnit;
  /** IANA name. */
  timeZone: string;
}

/** Columns of a moment: `time` (timestamptz) in Postgres; in DuckDB also its quarter of an hour and month since 1970, in UTC. */
export interface MomentColumns {
  readonly time: string;
  readonly quarter: string;
  readonly month: string;
}

/** What differs between the SQL of our two engines; all else is one text. */
export interface Dialect {
  readonly name: "POSTGRES" | "DUCKDB";
  /** Where the answer's block is told. */
  readonly status: string;
  /** Type of sums and amounts, exact. */
  readonly exact: string;
  /** Rounded down; neither side is negative. */
  divide(dividend: string, divisor: string): string;
  /** The smallest value that at least each share of the rows does not exceed, as list of text. @param shares - 0 to 1 */
  percentiles(column: string, shares: readonly number[]): SqlPart;
  /** What tells the bucket that holds a moment, in the order of time. */
  period(columns: MomentColumns, bucket: Bucket): SqlPart;
  /** Begin of a group's bucket in Unix seconds, from `g.period`. */
  periodSeconds(bucket: Bucket): string;
  /** What `period` joins, if anything. */
  periodJoin(columns: MomentColumns, bucket: Bucket): string;
}

export const postgres: Dialect = {
  name: "POSTGRES",
  status: "select height from chain_status where id = 1",
  exact: "numeric",
  divide: (dividend, divisor) => `div(${dividend}, ${divisor})`,
  percentiles: (column, shares) => part(`percentile_disc(?::float8[]) within group (order by ${column})::text[]`, shares),
  period: ({ time }, { unit, timeZone }) => part(`extract(epoch from date_trunc(?::text, ${time} at time zone ?::text) at time zone ?::text)::bigint`, unit.toLowerCase(), timeZone, timeZone),
  periodSeconds: () => "g.period",
  periodJoin: () => "",
};

/** Bucket lengths in quarters of an hour, and in months. */
const quarters: Partial<Record<TimeUnit, { length: number; from: number }>> = { HOUR: { length: 4, from: 0 }, DAY: { length: 96, from: 0 }, WEEK: { length: 672, from: 288 } };
const months: Partial<Record<TimeUnit, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/** The table that tells the begin of a zone's buckets for each quarter of an hour; the worker makes it. */
export const zoneTable = ({ unit, timeZone }: Bucket): string => `zone_${createHash("sha256").update(`${unit} ${timeZone}`).digest("hex").slice(0, 16)}`;

const halfRange = 2n ** 63n;

/** Both engines ask the same calendar: UTC's is arithmetic, any other zone's is told by Postgres. */
export const duckdb: Dialect = {
  name: "DUCKDB",
  status: "select height, version from chain_status",
  exact: "hugeint",
  divide: (dividend, divisor) => `(${dividend} // ${divisor})`,
  // Of 64 bits without a sign DuckDB sorts keys, of 64 bits with one numbers, in less than half the time: amounts are moved down by half the range, and back.
  percentiles: (column, shares) => part(`list_transform(quantile_disc((${column}::hugeint - ${halfRange})::bigint, [${shares.map((share) => share.toPrecision(17)).join(", ")}]), lambda x: (x::hugeint + ${halfRange})::varchar)`),
  period({ quarter, month }, bucket) {
    if (bucket.timeZone !== "UTC") return part("zone.begin");
    const [inQuarters, inMonths] = [quarters[bucket.unit], months[bucket.unit]];
    // 1970 began on a Thursday: weeks begin three days before it.
    if (inQuarters) return part(`((${quarter} + ${inQuarters.from}) // ${inQuarters.length} * ${inQuarters.length} - ${inQuarters.from})`);
    return part(`(${month} // ${inMonths} * ${inMonths})`);
  },
  periodSeconds: ({ unit, timeZone }) =>
    timeZone !== "UTC" ? "g.period" : quarters[unit] ? "g.period::bigint * 900" : "epoch(make_date(1970 + g.period // 12, g.period % 12 + 1, 1))::bigint",
  periodJoin: ({ quarter }, bucket) => (bucket.timeZone === "UTC" ? "" : `join ${zoneTable(bucket)} zone on zone.quarter = ${quarter}`),
};
