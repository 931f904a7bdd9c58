import type { DataSource, ObjectLiteral } from "typeorm";
import { preparedQuery } from "../../platform/database/prepared-query.js";
import { AppError } from "../../schema/errors.js";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import type { CompiledOrder } from "../filters/order-keys.js";
import { compileRow } from "../reading/compile-row.js";
import type { SelectedField, Selection } from "../reading/selection.js";
import type { Reader, Table } from "../reading/table.js";
import type { PageInfo } from "../types/page-info.js";
import { decodeCursor, encodeCursor, type CursorValue } from "./cursor.js";
import { pageSize } from "./page-size.js";

/** Up to this many rows are counted exactly; more are estimated by the planner, and said to be. */
export const exactCountLimit = 1_000_000;

export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

export interface PageQuery<Row extends ObjectLiteral> {
  readonly table: Table<Row>;
  /** What the statement calls the table. */
  readonly alias: string;
  /** The table with its alias; or a select over it under that alias, with columns of its own beside the table's. */
  readonly from?: SqlPart;
  /** Whether `from` lacks columns of the table: those of the page's rows are read for themselves. */
  readonly isPart?: boolean;
  /** Columns that `from` has beside the table's. */
  readonly extras?: readonly string[];
  /** Common table expressions that `from` uses. */
  readonly ctes?: readonly SqlPart[];
  /** Which rows, over the alias: those of the reader's block are added. */
  readonly where: SqlPart;
  readonly order: CompiledOrder;
  readonly paging: PageArguments;
  readonly reader: Reader;
  /** What is asked of the connection. */
  readonly selection: Selection;
  /** Names the list where the cursor is to be good for other filters too; by table, filter and order otherwise. */
  readonly scope?: string;
  /** Counts by dimension, over all rows of `chosen`, and over `tally`: groups of these, with `n` rows each. */
  readonly facets?: { readonly columns: readonly string[]; readonly tally: string | null; readonly json: string; readonly decode: (json: unknown) => unknown };
  /** What an edge has beside its node, over the alias. */
  readonly edge?: { readonly json: SqlPart; readonly decode: (json: unknown) => object };
}

export interface Page<Row> {
  readonly nodes: Row[];
  readonly edges: { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: PageInfo;
  /** Undefined where it was not asked for. */
  readonly totalCount: number | undefined;
  readonly totalCountIsEstimate: boolean;
  readonly facets: unknown;
}

/** Signs its cursor when that is read, which is seldom. */
class Edge<Row> {
  readonly #sign: () => string;
  constructor(readonly node: Row, sign: () => string) {
    this.#sign = sign;
  }
  get cursor(): string {
    return this.#sign();
  }
}

interface Direction {
  size: number;
  backwards: boolean;
}

function directionOf({ first, last }: PageArguments): Direction {
  const isGiven = (value: number | null | undefined): value is number => value !== null && value !== undefined;
  if (isGiven(first) && isGiven(last)) throw new AppError("BAD_INPUT", "`first` or `last`, not both", { details: { field: "last" } });
  return isGiven(last) ? { size: pageSize(last, "last"), backwards: true } : { size: pageSize(first), backwards: false };
}

const has = (selection: Selection, ...names: string[]): boolean => [...selection.values()].some(({ name }) => names.includes(name));
/** What is asked of the rows under `nodes`, or under `edges { node }`, wherever it stands; null if nothing is. */
function rowSelection(selection: Selection, ...path: string[]): Selection | null {
  const found = path.reduce<Selection[]>((levels, name) => levels.flatMap((level) => [...level.values()].filter((field) => field.name === name).map((field) => field.selection)), [selection]);
  return found.length === 0 ? null : merge(found);
}

/** Two aliases of `edges` may give one name to different things: these are read for themselves, by the field's resolver. */
function merge(selections: readonly Selection[]): Selection {
  const [first] = selections;
  if (first && selections.length === 1) return first;
  const merged = new Map<string, SelectedField>();
  selections.forEach((selection, index) => {
    for (const [key, field] of selection) merged.set(`${key} ${index}`, field);
  });
  return merged;
}

/**
 * One page by keyset, with its count and facets and whatever hangs on its rows: one statement, however deep.
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID (also for a cursor of another filter or order)
 */
export async function findPage<Row extends ObjectLiteral>({ database, cursorKey }: { database: DataSource; cursorKey: Uint8Array }, query: PageQuery<Row>): Promise<Page<Row>> {
  const { table, alias, order, reader, selection, paging } = query;
  const { size, backwards } = directionOf(paging);
  const chosen = allOf([query.where, table.visible(alias, reader.at)]);
  // The compiled text and its values name the filter; a search is named by its words, however it is looked up.
  let scoped: string | undefined;
  const scope = (): string => (scoped ??= query.scope ?? `${table.name}|${order.name}|${JSON.stringify([query.ctes, chosen])}`);
  const beyond = (cursor: string | null | undefined, back: boolean): SqlPart[] => (cursor === null || cursor === undefined ? [] : [order.beyond(decodeCursor(cursorKey, scope(), cursor), back)]);
  const limits = [...beyond(paging.after, false), ...beyond(paging.before, true)];

  const from = query.from ?? part(`${table.name} ${alias}`);
  const withFacets = query.facets !== undefined && has(selection, "facets");
  const ctes = [...(query.ctes ?? [])];
  const wantsTotal = has(selection, "totalCount", "totalCountIsEstimate");
  const wantsRows = has(selection, "nodes", "edges", "pageInfo");
  // What several parts of the answer are made of is found once. For a plain table it is not worth it: a page alone stops at its end, and a count reads an index.
  const isShared = withFacets || (query.isPart === true && wantsRows && wantsTotal);
  if (isShared) {
    const columns = new Set([`${alias}.${databaseName(database, table, table.key)}`, ...(table.version ? [`${alias}.${table.version}`] : []), ...order.keys.map(({ column }) => column), ...(withFacets ? query.facets.columns : []), ...(query.extras ?? []).map((name) => `${alias}.${name}`)]);
    ctes.push(sequence(part(`chosen as materialized (select ${[...columns].join(", ")} from`), from, part("where"), chosen, part(")")));
    if (withFacets && query.facets.tally !== null) ctes.push(part(`tally as materialized (${query.facets.tally})`));
  }
  const source = isShared ? part(`chosen ${alias}`) : from;
  const all = isShared ? part("true") : chosen;

  const nodesAsked = rowSelection(selection, "nodes");
  const edgesAsked = rowSelection(selection, "edges", "node") ?? (has(selection, "edges") ? new Map() : null);
  const aliases = { next: 0 };
  const nodes = nodesAsked && compileRow(database, table, alias, reader, nodesAsked, aliases);
  const edges = edgesAsked && compileRow(database, table, alias, reader, edgesAsked, aliases);
  const withExtra = edges !== null && query.edge !== undefined;
  const outputs: SqlPart[] = [];
  if (wantsRows) {
    const items = [part(order.cursorJson), ...(nodes ? [nodes.json] : []), ...(edges ? [edges.json] : []), ...(withExtra ? [query.edge.json] : [])];
    const item = `json_build_array(${items.map(({ text }) => text).join(", ")})`;
    const page = sequence(part(`select ${alias}.* from`), source, part("where"), allOf([all, ...limits]), part(`order by ${order.orderBy(backwards)} limit ${size + 1}`));
    const key = databaseName(database, table, table.key);
    // The facets' rows hold what is counted and sorted by alone, those of a part of the table what it has: the page's are joined with the rest of theirs.
    const rows = isShared || query.isPart === true
      ? sequence(part(`(select ${[`${alias}.*`, ...(query.extras ?? []).map((name) => `c.${name}`)].join(", ")} from (`), page, part(`) c join ${table.name} ${alias} on ${alias}.${key} = c.${key}${table.version ? ` and ${alias}.${table.version} = c.${table.version}` : ""})`))
      : sequence(part("("), page, part(")"));
    outputs.push(sequence(part(`(select coalesce(json_agg(${item} order by ${order.orderBy(backwards)}), '[]') from`, ...items.flatMap(({ values }) => values)), rows, part(`${alias}) as rows`)));
  }
  if (wantsTotal && withFacets && query.facets.tally !== null) outputs.push(part(`(select least(coalesce(sum(n), 0), ${exactCountLimit + 1})::int from tally) as total`));
  else if (wantsTotal) outputs.push(sequence(part("(select count(*)::int from (select from"), source, part("where"), all, part(`limit ${exactCountLimit + 1}) counted) as total`)));
  if (withFacets) outputs.push(part(`(${query.facets.json}) as facets`));
  if (outputs.length === 0) return { nodes: [], edges: [], pageInfo: noPage, totalCount: undefined, totalCountIsEstimate: false, facets: undefined };

  const statement = bind(...(ctes.length > 0 ? [part("with"), joined(ctes)] : []), part("select"), joined(outputs));
  const [answer] = await preparedQuery<{ rows?: unknown[][]; total?: number; facets?: unknown }>(database, statement.text, statement.values);
  const found = answer?.rows ?? [];
  const more = found.length > size;
  const kept = more ? found.slice(0, size) : found;
  if (backwards) kept.reverse();

  const sign = (row: unknown[]): string => encodeCursor(cursorKey, scope(), row[0] as CursorValue);
  const edgeAt = nodes ? 2 : 1;
  const isBeyond = (cursor: string | null | undefined): boolean => cursor !== null && cursor !== undefined;
  const estimated = answer?.total !== undefined && answer.total > exactCountLimit;
  if (estimated && reader.exact === true) throw new AppError("LIMIT_EXCEEDED", `More than ${exactCountLimit} rows are only estimated: filter, or count with an aggregate.`, { details: { limit: exactCountLimit } });
  return {
    nodes: nodes ? kept.map((row) => nodes.decode(row[1])) : [],
    edges: edges
      ? kept.map((row) => {
          const edge = new Edge(edges.decode(row[edgeAt]), () => sign(row));
          return withExtra ? Object.assign(edge, query.edge.decode(row[edgeAt + 1])) : edge;
        })
      : [],
    pageInfo: {
      hasNextPage: backwards ? isBeyond(paging.before) : more,
      hasPreviousPage: backwards ? more : isBeyond(paging.after),
      get startCursor() {
        return kept[0] ? sign(kept[0]) : null;
      },
      get endCursor() {
        const last = kept.at(-1);
        return last ? sign(last) : null;
      },
    },
    totalCount: estimated ? await estimate(database, from, chosen, query.ctes ?? []) : answer?.total,
    totalCountIsEstimate: estimated,
    facets: withFacets ? query.facets.decode(answer?.facets) : undefined,
  };
}

const noPage: PageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };

const databaseName = <Row extends ObjectLiteral>(database: DataSource, table: Table<Row>, property: string): string => database.getMetadata(table.entity).findColumnWithPropertyName(property)!.databaseName;

/** Parts one after the other. */
const sequence = (...parts: readonly SqlPart[]): SqlPart => part(parts.map(({ text }) => text).join(" "), ...parts.flatMap(({ values }) => values));
const joined = (parts: readonly SqlPart[]): SqlPart => part(parts.map(({ text }) => text).join(", "), ...parts.flatMap(({ values }) => values));

/** What the planner thinks; never fewer than were counted. */
async function estimate(database: DataSource, from: SqlPart, chosen: SqlPart, ctes: readonly SqlPart[]): Promise<number> {
  const { text, values } = bind(part("explain (format json)"), ...(ctes.length > 0 ? [part("with"), joined(ctes)] : []), part("select from"), from, part("where"), chosen);
  const [row] = (await database.query(text, values)) as { "QUERY PLAN": { Plan: { "Plan Rows": number } }[] }[];
  return Math.max(exactCountLimit + 1, Math.round(row?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0));
}
