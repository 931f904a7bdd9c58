import { AppError } from "../../schema/errors.js";
import type { AmountFilter, IdFilter, IntFilter, PurposesFilter, TextFilter, TextListFilter, TimeFilter } from "../types/conditions.js";
import { allOf, part, type SqlPart } from "./sql.js";

/** Longest list that a filter may name. */
export const maxListLength = 1000;
/** Longest text that a filter may search for, in characters. */
const maxTextLength = 1000;

type Maybe<T> = T | null | undefined;
const given = <T>(value: Maybe<T>): value is T => value !== undefined && value !== null;

function checkList<T>(field: string, list: readonly T[]): readonly T[] {
  if (list.length > maxListLength) throw new AppError("LIMIT_EXCEEDED", `${field}: at most ${maxListLength} values`, { details: { field, limit: maxListLength } });
  return list;
}

function checkText(field: string, text: string): string {
  if (text.length > maxTextLength) throw new AppError("LIMIT_EXCEEDED", `${field}: at most ${maxTextLength} characters`, { details: { field, limit: maxTextLength } });
  if (text.includes("\0")) throw new AppError("BAD_INPUT", `${field}: control characters are not allowed`, { details: { field } });
  return text;
}

/** Conditions of one column. All that are given must hold; none given holds always. Column names are ours, never a caller's. */
export function equality<T>(field: string, column: string, type: string, filter: { eq?: Maybe<T>; in?: Maybe<readonly T[]> }): SqlPart[] {
  return [
    ...(given(filter.eq) ? [part(`${column} = ?::${type}`, filter.eq)] : []),
    ...(given(filter.in) ? [part(`${column} = any(?::${type}[])`, checkList(field, filter.in))] : []),
  ];
}

const nullness = (column: string, isNull: Maybe<boolean>): SqlPart[] => (given(isNull) ? [part(isNull ? `${column} is null` : `${column} is not null`)] : []);

interface Bounds<T> {
  lt?: Maybe<T>;
  lte?: Maybe<T>;
  gt?: Maybe<T>;
  gte?: Maybe<T>;
  between?: Maybe<{ min: T; max: T }>;
}

/** @param toValue - as the driver takes it. */
function bounds<T>(column: string, type: string, filter: Bounds<T>, toValue: (value: T) => unknown): SqlPart[] {
  const compare = (operator: string, value: Maybe<T>): SqlPart[] => (given(value) ? [part(`${column} ${operator} ?::${type}`, toValue(value))] : []);
  return [
    ...compare("<", filter.lt),
    ...compare("<=", filter.lte),
    ...compare(">", filter.gt),
    ...compare(">=", filter.gte),
    ...compare(">=", filter.between?.min),
    ...compare("<=", filter.between?.max),
  ];
}

export function idConditions(field: string, column: string, filter: IdFilter, parse: (field: string, value: string) => string): SqlPart {
  return allOf([
    ...equality(field, column, "text", {
      eq: given(filter.eq) ? parse(field, filter.eq) : null,
      in: given(filter.in) ? checkList(field, filter.in).map((value) => parse(field, value)) : null,
    }),
    ...nullness(column, filter.isNull),
  ]);
}

export function intConditions(field: string, column: string, filter: IntFilter): SqlPart {
  return allOf([...equality(field, column, "integer", filter), ...bounds(column, "integer", filter, (value) => value), ...nullness(column, filter.isNull)]);
}

export function amountConditions(column: string, filter: AmountFilter): SqlPart {
  const text = (value: bigint): string => value.toString();
  return allOf([...(given(filter.eq) ? [part(`${column} = ?::numeric`, text(filter.eq))] : []), ...bounds(column, "numeric", filter, text), ...nullness(column, filter.isNull)]);
}

export function timeConditions(column: string, filter: TimeFilter): SqlPart {
  return allOf([...bounds(column, "timestamptz", filter, (value) => value.toISOString()), ...nullness(column, filter.isNull)]);
}

export function textConditions(field: string, column: string, filter: TextFilter): SqlPart {
  // % and _ of the caller's are letters like others.
  const pattern = (text: string): string => checkText(field, text).replace(/[\\%_]/g, "\\$&");
  return allOf([
    ...equality(field, column, "text", {
      eq: given(filter.eq) ? checkText(field, filter.eq) : null,
      in: given(filter.in) ? checkList(field, filter.in).map((text) => checkText(field, text)) : null,
    }),
    ...(given(filter.contains) ? [part(`${column} ilike ?::text`, `%${pattern(filter.contains)}%`)] : []),
    ...(given(filter.startsWith) ? [part(`${column} ilike ?::text`, `${pattern(filter.startsWith)}%`)] : []),
    ...nullness(column, filter.isNull),
  ]);
}

export function textListConditions(field: string, column: string, filter: TextListFilter): SqlPart {
  const list = (texts: readonly string[]): readonly string[] => checkList(field, texts).map((text) => checkText(field, text));
  return allOf([
    ...(given(filter.has) ? [part(`${column} @> ?::text[]`, list([filter.has]))] : []),
    ...(given(filter.hasAll) ? [part(`${column} @> ?::text[]`, list(filter.hasAll))] : []),
    ...(given(filter.hasAny) ? [part(`${column} && ?::text[]`, list(filter.hasAny))] : []),
  ]);
}

const mask = (bits: readonly number[]): string => bits.reduce((sum, bit) => sum | bit, 0).toString();

export function purposeConditions(column: string, filter: PurposesFilter): SqlPart {
  return allOf([
    ...(given(filter.has) ? [part(`${column} & ?::bigint <> 0`, mask([filter.has]))] : []),
    ...(given(filter.hasAll) ? [part(`${column} & ?::bigint = ?::bigint`, mask(filter.hasAll), mask(filter.hasAll))] : []),
    ...(given(filter.hasAny) ? [part(`${column} & ?::bigint <> 0`, mask(filter.hasAny))] : []),
  ]);
}
