import { AppError } from "../../schema/errors.js";
import type { SqlPart } from "../filters/sql.js";
import { parseRange } from "../input/parse.js";
import type { AggregateArgs } from "../types/aggregate-args.js";
import type { MeasureBounds } from "../types/aggregates.js";
import type { SortDirection } from "../types/states.js";
import type { Asked } from "./asked.js";
import { statistics, type AggregateQuery, type HavingCondition, type Histogram, type Measure, type Statistic } from "./query.js";
import type { Source } from "./source.js";

/** Most groups of an answer, percentiles, and conditions or sort keys. */
export const maxGroups = 10_000;
const maxPercentiles = 20;
const maxKeys = 10;

/** What the aggregates of all sources have in common. */
interface GroupArgs extends Omit<AggregateArgs, "at"> {
  groupBy?: readonly string[] | null;
  having?: readonly (MeasureBounds & { measure: string })[] | null;
  orderBy?: readonly { measure: string; direction: SortDirection }[] | null;
}

const tooMany = (field: string, limit: number): AppError => new AppError("LIMIT_EXCEEDED", `${field}: at most ${limit}`, { details: { field, limit } });

/**
 * @param where - over the source's alias
 * @param at - block; null for now
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED
 */
export function parseAggregateQuery(source: Source, args: GroupArgs, { where, at, asked }: { where: SqlPart; at: number | null; asked: Asked }): AggregateQuery {
  const { having = [], orderBy = [], groupBy = [], percentiles = [], limit } = args;
  if ((having?.length ?? 0) > maxKeys) throw tooMany("having", maxKeys);
  if ((orderBy?.length ?? 0) > maxKeys) throw tooMany("orderBy", maxKeys);
  return {
    source,
    where,
    at,
    dimensions: [...new Set(groupBy ?? [])],
    bucket: args.bucket ?? null,
    measures: asked.measures,
    percentiles: parsePercentiles(percentiles ?? []),
    spread: asked.spread,
    histogram: args.histogram ? parseHistogram(args.histogram) : null,
    bars: asked.bars,
    having: (having ?? []).flatMap((each) => parseCondition(source, each)),
    orderBy: (orderBy ?? []).map(({ measure, direction }) => ({ measure: parseMeasure(source, measure), direction })),
    // One more than may be answered shows that there are too many.
    limit: limit === null || limit === undefined ? maxGroups + 1 : parseRange("limit", limit, 1, maxGroups),
  };
}

function parsePercentiles(percentiles: readonly number[]): number[] {
  if (percentiles.length > maxPercentiles) throw tooMany("percentiles", maxPercentiles);
  return percentiles.map((percentile) => {
    const thousandths = Math.round(percentile * 1_000);
    if (!(percentile >= 0 && percentile <= 100) || thousandths / 1_000 !== percentile) throw new AppError("BAD_INPUT", "percentiles: 0 to 100, with at most 3 decimals", { details: { field: "percentiles" } });
    return thousandths;
  });
}

function parseHistogram({ from, width, buckets }: Histogram): Histogram {
  // Amounts on the chain have 64 bits: 96 leave both engines room for the last bar's end.
  const most = 2n ** 96n;
  return { from: parseRange("histogram.from", from, 0n, most), width: parseRange("histogram.width", width, 1n, most), buckets: parseRange("histogram.buckets", buckets, 1, 100) };
}

/** COUNT, a distinct's name in capitals, or AMOUNT_STATISTIC. The schema's enums hold no others. */
function parseMeasure(source: Source, text: string): Measure {
  const name = text.toLowerCase();
  if (name === "count") return { kind: "count" };
  if (source.distincts[name]) return { kind: "distinct", name };
  const [amount = "", statistic = ""] = name.split("_");
  if (!source.amounts[amount] || !statistics.includes(statistic as Statistic)) throw new Error(`${text} is no measure.`);
  return { kind: "amount", name: amount, statistic: statistic as Statistic };
}

function parseCondition(source: Source, bounds: MeasureBounds & { measure: string }): HavingCondition[] {
  const measure = parseMeasure(source, bounds.measure);
  const { eq, lt, lte, gt, gte } = bounds;
  const most = 2n ** 120n;
  return ([["=", eq], ["<", lt], ["<=", lte], [">", gt], [">=", gte]] as const).flatMap(([operator, value]) =>
    value === null || value === undefined ? [] : { measure, operator, value: parseRange("having", value, -most, most) },
  );
}
