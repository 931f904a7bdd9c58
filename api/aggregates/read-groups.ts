import { keyColumn } from "./compile.js";
import type { AggregateQuery, Statistic } from "./query.js";

/** A row of the statement that `compileAggregate` makes, as Postgres' driver gives it and the worker hands it on. */
export type GroupRow = Readonly<Record<string, unknown>> & { height: number };

/** Statistics of an amount over a group. What was not asked for is undefined; null where no row of the group has the amount. */
export type AmountValues = Partial<Record<Statistic, bigint | null>> & {
  percentiles?: bigint[];
  /** How many lie in each bar, with one below the first and one above the last. */
  bars?: number[];
};

export interface Group {
  /** By the dimension's name. */
  keys: Record<string, string | number | boolean | null>;
  /** Begin of the time bucket. */
  period: Date | null;
  count: number;
  distinct: Record<string, number>;
  amounts: Record<string, AmountValues>;
}

const exact = (value: unknown): bigint | null => (value === null || value === undefined ? null : BigInt(value as string | number | bigint));

/** Groups that were read, by their rows: an answer that is remembered is read once. */
const known = new WeakMap<readonly GroupRow[], readonly Group[]>();

/** @returns the groups; the index's first rows have none. @param rows - of this query's statement. */
export function readGroups(query: AggregateQuery, rows: readonly GroupRow[]): readonly Group[] {
  let groups = known.get(rows);
  if (!groups) known.set(rows, (groups = rows.filter((row) => row["n"] !== null).map((row) => readGroup(query, row))));
  return groups;
}

function readGroup({ dimensions, bucket, source, histogram }: AggregateQuery, row: GroupRow): Group {
  const distinct = Object.fromEntries(Object.keys(source.distincts).flatMap((name) => (row[`u_${name}`] === undefined ? [] : [[name, Number(row[`u_${name}`])]])));
  return {
    keys: Object.fromEntries(dimensions.map((name) => [name, (row[keyColumn(name)] ?? null) as string | number | boolean | null])),
    period: bucket ? new Date(Number(row["period_seconds"]) * 1000) : null,
    count: Number(row["n"]),
    distinct,
    amounts: Object.fromEntries(Object.keys(source.amounts).map((name) => [name, readAmount(row, `a_${name}`, histogram?.buckets ?? 0)])),
  };
}

function readAmount(row: GroupRow, column: string, buckets: number): AmountValues {
  const spread = row[`${column}_spread`] as string[] | null | undefined;
  const bars = row[`${column}_bars`] as string[] | null | undefined;
  const [median, ...percentiles] = spread ?? [];
  return {
    sum: exact(row[`${column}_sum`]),
    avg: exact(row[`${column}_avg`]),
    min: exact(row[`${column}_min`]),
    max: exact(row[`${column}_max`]),
    median: exact(median),
    percentiles: percentiles.map(BigInt),
    ...(bars ? { bars: readBars(bars, buckets) } : {}),
  };
}

function readBars(bars: readonly string[], buckets: number): number[] {
  const sizes = new Array<number>(buckets + 2).fill(0);
  for (const bar of bars) {
    const [index, size] = bar.split(":").map(Number) as [number, number];
    sizes[index] = size;
  }
  return sizes;
}
