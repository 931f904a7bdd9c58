import type { AmountStatistics, HistogramBar, NumberStatistics } from "../types/aggregates.js";
import { toMoney, type Currency, type Money } from "../types/money.js";
import type { AggregateQuery } from "./query.js";
import type { AmountValues } from "./read-groups.js";

/** @returns what was asked for as the schema has it; null where no row of the group has the amount. What was not asked for is not in it. */
export const amountStatistics = (query: AggregateQuery, currency: Currency, values: AmountValues): AmountStatistics | null =>
  statisticsOf(query, values, (amount): Money => toMoney(currency, amount)) as AmountStatistics | null;

export const numberStatistics = (query: AggregateQuery, values: AmountValues): NumberStatistics | null => statisticsOf(query, values, (value) => value) as NumberStatistics | null;

function statisticsOf<Value>({ percentiles, histogram }: AggregateQuery, values: AmountValues, read: (value: bigint) => Value): object | null {
  const { sum, avg, min, max, median } = values;
  const known = Object.entries({ sum, avg, min, max, median }).filter((entry): entry is [string, bigint] => entry[1] !== null && entry[1] !== undefined);
  const bars = values.bars ?? [];
  if (known.length === 0 && values.percentiles?.length === 0 && bars.every((size) => size === 0)) return null;
  return {
    ...Object.fromEntries(known.map(([name, value]) => [name, read(value)])),
    percentiles: percentiles.map((percentile, index) => ({ percentile: percentile / 1_000, value: values.percentiles?.[index] })).flatMap(({ percentile, value }) => (value === undefined ? [] : { percentile, value: read(value) })),
    histogram: bars.map((count, index): HistogramBar => {
      const { from, width, buckets } = histogram!;
      return { from: index === 0 ? null : from + width * BigInt(index - 1), to: index > buckets ? null : from + width * BigInt(index), count };
    }),
  };
}
