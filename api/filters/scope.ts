import { AppError } from "../../schema/errors.js";
import { allOf, not, part, type SqlPart } from "./sql.js";

/** How deep AND, OR, NOT and relations may nest, and how many filters there may be in all. */
export const maxFilterDepth = 8;
export const maxFilterNodes = 200;

/** Where a filter is compiled. */
export interface FilterScope {
  /** What the statement calls the filter's table. */
  readonly alias: string;
  /** The block that its rows are of; null for now. */
  readonly at: number | null;
  readonly depth: number;
  /** Shared by all filters of one `where`: how many there were, and the tables of relations among them. */
  readonly spent: { nodes: number; tables: number };
}

/** @param alias - of the filter's table: ours, never a caller's. */
export const filterScope = (alias: string, at: number | null = null): FilterScope => ({ alias, at, depth: 1, spent: { nodes: 0, tables: 0 } });

/** @returns the scope of what nests in a filter. @throws AppError LIMIT_EXCEEDED */
export function deeper(scope: FilterScope, alias: string = scope.alias): FilterScope {
  if (scope.depth >= maxFilterDepth) throw new AppError("LIMIT_EXCEEDED", `A filter nests at most ${maxFilterDepth} deep.`, { details: { limit: maxFilterDepth } });
  return { ...scope, alias, depth: scope.depth + 1 };
}

/** Where a relation's rows are, and which of them a filter asks for. */
export interface RelatedRows {
  /** Table, ours. */
  table: string;
  /** Which rows belong to the outer one and were there at the scope's block. */
  join: (alias: string) => SqlPart;
  /** The caller's filter over them. */
  where: (scope: FilterScope) => SqlPart;
}

/** Holds if one of the related rows is as asked. */
export function someOf(scope: FilterScope, { table, join, where }: RelatedRows): SqlPart {
  const alias = `r${++scope.spent.tables}`;
  const { text, values } = allOf([join(alias), where(deeper(scope, alias))]);
  return part(`exists (select from ${table} ${alias} where ${text})`, ...values);
}

/** `some`, `every` and `none` over a list of related rows. */
export function listConditions<Filter>(
  scope: FilterScope,
  filter: { some?: Filter | null; every?: Filter | null; none?: Filter | null },
  rows: (filter: Filter, invert: boolean) => RelatedRows,
): SqlPart {
  return allOf([
    ...(filter.some ? [someOf(scope, rows(filter.some, false))] : []),
    ...(filter.every ? [not(someOf(scope, rows(filter.every, true)))] : []),
    ...(filter.none ? [not(someOf(scope, rows(filter.none, false)))] : []),
  ]);
}
