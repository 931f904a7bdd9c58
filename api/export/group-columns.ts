import type { AggregateQuery } from "../aggregates/query.js";
import type { AmountValues, Group } from "../aggregates/read-groups.js";
import type { Expression } from "../aggregates/source.js";
import type { Currency } from "../types/money.js";
import type { ExportColumn } from "./columns.js";
import type { Cell } from "./csv.js";

/** A column of exported groups, and what a group has in it. */
export interface GroupColumn extends ExportColumn {
  readonly read: (group: Group) => Cell;
}

const whole = (value: bigint | null | undefined): Cell => value?.toString() ?? null;
const typeOf = ({ isText, isBoolean }: Expression): ExportColumn["type"] => (isText ? "VARCHAR" : isBoolean ? "BOOLEAN" : "INTEGER");

/** One column for each dimension and each measure that was asked for. Money is in the smallest unit, and its column's name ends in the currency: `_tusd_e6`. */
export function groupColumns(query: AggregateQuery, { symbol, decimals }: Currency): GroupColumn[] {
  const { source, dimensions, bucket, measures } = query;
  const unit = `_${symbol.toLowerCase().replace(/[^a-z0-9]+/g, "_")}_e${decimals}`;
  return [
    ...dimensions.map((name): GroupColumn => ({ name: name.toLowerCase(), type: typeOf(source.dimensions[name]!), read: ({ keys }) => keys[name] ?? null })),
    ...(bucket ? [{ name: "period", type: "TIMESTAMPTZ", read: ({ period }) => period?.toISOString().replace(".000Z", "Z") ?? null } satisfies GroupColumn] : []),
    { name: "count", type: "INTEGER", read: ({ count }) => count },
    ...measures.flatMap((measure): GroupColumn[] => (measure.kind === "distinct" ? [{ name: measure.name, type: "INTEGER", read: ({ distinct }) => distinct[measure.name] ?? null }] : [])),
    ...Object.entries(source.amounts).flatMap(([name, { isMoney }]) => amountColumns(query, name, isMoney ? unit : "")),
  ];
}

function amountColumns({ measures, spread, percentiles, bars, histogram }: AggregateQuery, name: string, unit: string): GroupColumn[] {
  const read = (of: (values: AmountValues) => Cell) => ({ amounts }: Group): Cell => of(amounts[name]!);
  const { from, width, buckets } = histogram ?? { from: 0n, width: 0n, buckets: -2 };
  const begin = (bar: number): bigint => from + width * BigInt(bar - 1);
  const barName = (bar: number): string => (bar === 0 ? `below_${from}` : bar > buckets ? `from_${begin(bar)}` : `${begin(bar)}_to_${begin(bar + 1)}`);
  return [
    ...measures.flatMap((measure): GroupColumn[] => {
      if (measure.kind !== "amount" || measure.name !== name) return [];
      const { statistic } = measure;
      return [{ name: `${name}_${statistic}${unit}`, type: statistic === "sum" ? "DECIMAL" : "UBIGINT", read: read((values) => whole(values[statistic])) }];
    }),
    // The same one twice is one column.
    ...(spread.includes(name) ? [...new Set(percentiles)] : []).map((percentile): GroupColumn => ({
      name: `${name}_p${String(percentile / 1_000).replace(".", "_")}${unit}`,
      type: "UBIGINT",
      read: read((values) => whole(values.percentiles?.[percentiles.indexOf(percentile)])),
    })),
    ...(bars.includes(name) ? Array.from({ length: buckets + 2 }, (_, bar): GroupColumn => ({ name: `${name}_bar_${barName(bar)}`, type: "INTEGER", read: read((values) => values.bars?.[bar] ?? 0) })) : []),
  ];
}
