import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import type { Dialect } from "./dialect.js";
import type { AggregateQuery, Measure } from "./query.js";

/** @returns a dimension's column: in small letters, since Postgres takes unquoted names so. */
export const keyColumn = (dimension: string): string => `d_${dimension.toLowerCase()}`;

/** @returns a measure's column in the statement, or what is made of one. Names of dimensions, distincts and amounts are ours. */
function measureColumn(measure: Measure, { exact }: Dialect): string {
  if (measure.kind === "count") return "g.n";
  if (measure.kind === "distinct") return `g.u_${measure.name}`;
  return measure.statistic === "median" ? `(g.a_${measure.name}_spread)[1]::${exact}` : `g.a_${measure.name}_${measure.statistic}`;
}

/** A share of the rows, a breath less: what floating point adds to share × rows never lifts an exact rank to the next one. @param thousandths - of a percent */
const toShare = (thousandths: number): number => Math.max(0, thousandths / 100_000 - 1e-15);
const medianShare = toShare(50_000);

/** All that the statement computes, told apart by kind. */
function wantedOf(query: AggregateQuery): { distincts: string[]; amounts: string[]; statistics: (amount: string) => Set<string> } {
  const all = [...query.measures, ...query.having.map(({ measure }) => measure), ...query.orderBy.map(({ measure }) => measure)];
  return {
    distincts: [...new Set(all.flatMap((each) => (each.kind === "distinct" ? each.name : [])))],
    amounts: [...new Set([...all.flatMap((each) => (each.kind === "amount" ? each.name : [])), ...query.spread, ...query.bars])],
    statistics: (amount) => new Set(all.flatMap((each) => (each.kind === "amount" && each.name === amount ? each.statistic : []))),
  };
}

/**
 * Makes the statement: rows → groups → those that are asked for, with the block that all of it is of. One statement, so one state of the database.
 * The texts of both dialects are the same but for what `Dialect` tells. Rows of the answer are read by `readGroups`.
 */
export function compileAggregate(query: AggregateQuery, dialect: Dialect): { text: string; values: unknown[] } {
  const { source, bucket, histogram } = query;
  const wanted = wantedOf(query);
  const keys = [...query.dimensions.map(keyColumn), ...(bucket ? ["period"] : [])];
  const bars = histogram ? query.bars : [];

  const order = [
    ...query.orderBy.map(({ measure, direction }) => `${measureColumn(measure, dialect)} ${direction} nulls last`),
    ...query.dimensions.map((name) => `g.${keyColumn(name)}${source.dimensions[name]!.isText ? ' collate "C"' : ""} nulls last`),
    ...(bucket ? ["g.period"] : []),
  ];
  const shown = ["g.*", ...(bucket ? [`${dialect.periodSeconds(bucket)} as period_seconds`] : []), ...bars.map((name) => `b_${name}.bars as a_${name}_bars`), order.length > 0 ? `row_number() over (order by ${order.join(", ")}) as place` : "1 as place"];
  const having = query.having.map(({ measure, operator, value }) => part(`${measureColumn(measure, dialect)} ${operator} ?::${dialect.exact}`, value.toString()));
  return bind(
    part(`with status as (${dialect.status}),`),
    ...compileRows(query, dialect, wanted),
    ...compileGroups(query, dialect, wanted, keys),
    ...bars.flatMap((name) => compileBars(query, dialect, name, keys)),
    part(`, chosen as (select ${shown.join(", ")} from groups g ${bars.map((name) => `left join b_${name} on ${["true", ...keys.map((key) => `b_${name}.${key} is not distinct from g.${key}`)].join(" and ")}`).join(" ")} where`),
    allOf(having),
    part("order by place limit ?::bigint) select s.*, c.* from status s left join chosen c on true order by c.place", query.limit),
  );
}

function compileRows({ source, dimensions, where, bucket, at }: AggregateQuery, dialect: Dialect, { distincts, amounts }: ReturnType<typeof wantedOf>): SqlPart[] {
  const expressions = [
    ...dimensions.map((name) => ({ as: keyColumn(name), expression: source.dimensions[name]! })),
    ...distincts.map((name) => ({ as: `u_${name}`, expression: source.distincts[name]! })),
    ...amounts.map((name) => ({ as: `a_${name}`, expression: source.amounts[name]! })),
  ];
  const needed = new Set(expressions.flatMap(({ expression }) => expression.joins ?? []));
  return [
    part(`picked as not materialized (select ${["1 as one", ...expressions.map(({ as, expression }) => `${expression.sql} as ${as}`)].join(", ")}`),
    ...(bucket ? [part(","), dialect.period(source.moment, bucket), part("as period")] : []),
    part(`from ${source.from}`),
    ...Object.entries(source.joins).flatMap(([name, join]) => (needed.has(name) ? join(at) : [])),
    part(`${bucket ? dialect.periodJoin(source.moment, bucket) : ""} where`),
    allOf([source.visible(at), where]),
    part(")"),
  ];
}

function compileGroups(query: AggregateQuery, dialect: Dialect, { distincts, amounts, statistics }: ReturnType<typeof wantedOf>, keys: readonly string[]): SqlPart[] {
  const columns = [...keys, "count(*)::bigint as n", ...distincts.map((name) => `count(distinct u_${name})::bigint as u_${name}`)].map((text) => part(text));
  for (const name of amounts) {
    const [column, asked] = [`a_${name}`, statistics(name)];
    const sum = `sum(${column})::${dialect.exact}`;
    if (asked.has("sum")) columns.push(part(`${sum} as ${column}_sum`));
    // avg() rounds large amounts: the sum is divided exactly.
    if (asked.has("avg")) columns.push(part(`${dialect.divide(sum, `count(${column})`)} as ${column}_avg`));
    for (const bound of ["min", "max"]) if (asked.has(bound)) columns.push(part(`${bound}(${column}) as ${column}_${bound}`));
    const shares = [...(asked.has("median") || query.spread.includes(name) ? [medianShare] : []), ...(query.spread.includes(name) ? query.percentiles.map(toShare) : [])];
    if (shares.length > 0) columns.push(dialect.percentiles(column, shares), part(`as ${column}_spread`));
  }
  const list = columns.flatMap((each, index) => (index === 0 || each.text.startsWith("as ") ? [each] : [part(","), each]));
  // A whole with nothing in it is no group.
  return [part(", groups as (select"), ...list, part(`from picked ${keys.length > 0 ? `group by ${keys.join(", ")}` : ""} having count(*) > 0)`)];
}

/** Bars of a histogram as texts `bar:size`. Bar 0 lies below the first, `buckets + 1` above the last. */
function compileBars({ histogram }: AggregateQuery, dialect: Dialect, name: string, keys: readonly string[]): SqlPart[] {
  const { from, width, buckets } = histogram!;
  const { exact } = dialect;
  const column = `a_${name}::${exact}`;
  const listed = keys.map((key) => `${key}, `).join("");
  const bar = `case when ${column} < ?::${exact} then 0 when ${column} >= ?::${exact} then ?::integer else ${dialect.divide(`(${column} - ?::${exact})`, `?::${exact}`)}::integer + 1 end`;
  const above = from + width * BigInt(buckets);
  return [
    part(`, c_${name} as (select ${listed} ${bar} as bar, count(*)::bigint as size from picked where a_${name} is not null group by ${listed} bar)`, from.toString(), above.toString(), buckets + 1, from.toString(), width.toString()),
    part(`, b_${name} as (select ${listed} array_agg(bar::text || ':' || size::text order by bar) as bars from c_${name} ${keys.length > 0 ? `group by ${keys.join(", ")}` : ""})`),
  ];
}
