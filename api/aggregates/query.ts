import type { SqlPart } from "../filters/sql.js";
import type { Bucket } from "./dialect.js";
import type { Source } from "./source.js";

export const statistics = ["sum", "avg", "min", "max", "median"] as const;
export type Statistic = (typeof statistics)[number];

/** `count`, a distinct's name, or an amount and its statistic. */
export type Measure = { kind: "count" } | { kind: "distinct"; name: string } | { kind: "amount"; name: string; statistic: Statistic };

/** Equal bars between `from` and `from + width * buckets`, and one below and above. */
export interface Histogram {
  from: bigint;
  width: bigint;
  buckets: number;
}

export interface HavingCondition {
  measure: Measure;
  operator: "=" | "<" | "<=" | ">" | ">=";
  value: bigint;
}

export interface GroupOrder {
  measure: Measure;
  direction: "ASC" | "DESC";
}

/** A question about groups of rows, parsed and checked. */
export interface AggregateQuery {
  readonly source: Source;
  /** Which rows, over the source's alias. */
  readonly where: SqlPart;
  /** Names of the source's dimensions, without repetition. */
  readonly dimensions: readonly string[];
  readonly bucket: Bucket | null;
  /** What is wanted of each group. */
  readonly measures: readonly Measure[];
  /** Thousandths of a percent that are wanted of the amounts in `spread`. */
  readonly percentiles: readonly number[];
  /** Amounts whose percentiles are wanted. */
  readonly spread: readonly string[];
  readonly histogram: Histogram | null;
  /** Amounts whose histogram is wanted. */
  readonly bars: readonly string[];
  readonly having: readonly HavingCondition[];
  readonly orderBy: readonly GroupOrder[];
  /** Most groups. */
  readonly limit: number;
  /** The block that all is of; null for now. */
  readonly at: number | null;
}
