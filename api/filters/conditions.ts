import { AppError } from "../../schema/errors.js";
import type { AmountFilter, IdFilter, IntFilter, PurposesFilter } from "../types/listing-filter.js";
import { allOf, part, type SqlPart } from "./sql.js";

/** Longest list that a filter may name. */
export const maxListLength = 1000;

type Maybe<T> = T | null | undefined;
const given = <T>(value: Maybe<T>): value is T => value !== undefined && value !== null;

function checkList<T>(field: string, list: readonly T[]): readonly T[] {
  if (list.length > maxListLength) throw new AppError("LIMIT_EXCEEDED", `${field}: at most ${maxListLength} values`, { details: { field, limit: maxListLength } });
  return list;
}

/** Conditions of one column. All that are given must hold; none given holds always. Column names are ours, never a caller's. */
export function equality<T>(field: string, column: string, type: string, filter: { eq?: Maybe<T>; in?: Maybe<readonly T[]> }): SqlPart[] {
  return [
    ...(given(filter.eq) ? [part(`${column} = ?::${type}`, filter.eq)] : []),
    ...(given(filter.in) ? [part(`${column} = any(?::${type}[])`, checkList(field, filter.in))] : []),
  ];
}

export function idConditions(field: string, column: string, filter: IdFilter, parse: (field: string, value: string) => string): SqlPart {
  return allOf([
    ...equality(field, column, "text", {
      eq: given(filter.eq) ? parse(field, filter.eq) : null,
      in: given(filter.in) ? checkList(field, filter.in).map((value) => parse(field, value)) : null,
    }),
    ...(given(filter.isNull) ? [part(filter.isNull ? `${column} is null` : `${column} is not null`)] : []),
  ]);
}

export function intConditions(field: string, column: string, filter: IntFilter): SqlPart {
  return allOf([
    ...equality(field, column, "integer", filter),
    ...(given(filter.gte) ? [part(`${column} >= ?::integer`, filter.gte)] : []),
    ...(given(filter.lte) ? [part(`${column} <= ?::integer`, filter.lte)] : []),
  ]);
}

export function amountConditions(column: string, filter: AmountFilter): SqlPart {
  const compare = (operator: string, value: Maybe<bigint>): SqlPart[] => (given(value) ? [part(`${column} ${operator} ?::numeric`, value.toString())] : []);
  return allOf([
    ...compare("=", filter.eq),
    ...compare("<", filter.lt),
    ...compare("<=", filter.lte),
    ...compare(">", filter.gt),
    ...compare(">=", filter.gte),
    ...compare(">=", filter.between?.min),
    ...compare("<=", filter.between?.max),
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
