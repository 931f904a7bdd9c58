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
  /** Type of sums and amounts, exact. */
  readonly exact: string;
  /** Rounded down; neither side is negative. */
  divide(dividend: string, divisor: string): string;
  /** The smallest value that at least each share of the rows does not exceed, as list of text. @param shares - 0 to 1 */
  percentiles(column: string, shares: readonly number[]): SqlPart;
  /** Begin of the bucket that holds a moment, in Unix seconds. */
  period(columns: MomentColumns, bucket: Bucket): SqlPart;
  /** What `period` joins, if anything. */
  periodJoin(columns: MomentColumns, bucket: Bucket): string;
}

export const postgres: Dialect = {
  name: "POSTGRES",
  exact: "numeric",
  divide: (dividend, divisor) => `div(${dividend}, ${divisor})`,
  percentiles: (column, shares) => part(`percentile_disc(?::float8[]) within group (order by ${column})::text[]`, shares),
  period: ({ time }, { unit, timeZone }) => part(`extract(epoch from date_trunc(?::text, ${time} at time zone ?::text) at time zone ?::text)::bigint`, unit.toLowerCase(), timeZone, timeZone),
  periodJoin: () => "",
};
