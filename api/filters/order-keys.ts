import { AppError } from "../../schema/errors.js";
import type { CursorValue } from "../paging/cursor.js";
import { SortDirection } from "../types/states.js";
import { allOf, anyOf, part, type SqlPart } from "./sql.js";

/** One key of an order. Column and type are ours, never a caller's; the column is never null. */
export interface OrderKey<Row> {
  column: string;
  type: string;
  direction: SortDirection;
  valueOf: (row: Row) => string | number;
}

/** How to sort and where to go on. */
export interface CompiledOrder<Row> {
  /** Text of ORDER BY. */
  readonly orderBy: string;
  /** Names the order: part of the cursor's scope. */
  readonly name: string;
  /** What a cursor holds of a row. */
  cursorOf(row: Row): CursorValue;
  /** Rows after the cursor's. @throws AppError CURSOR_INVALID */
  after(cursor: CursorValue): SqlPart;
}

/** @param keys - the last one tells all rows apart, so that the order is total. */
export function compileKeys<Row>(keys: readonly OrderKey<Row>[]): CompiledOrder<Row> {
  return {
    orderBy: keys.map(({ column, direction }) => `${column} ${direction}`).join(", "),
    name: keys.map(({ column, direction }) => `${column} ${direction}`).join(","),
    cursorOf: (row) => keys.map(({ valueOf }) => valueOf(row)),
    after(cursor) {
      if (cursor.length !== keys.length) throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
      // (a, b, id) after (x, y, z): a after x, or a = x and b after y, or …; directions may differ, so no row comparison.
      return anyOf(
        keys.map(({ column, type, direction }, index) =>
          allOf([
            ...keys.slice(0, index).map((key, at) => part(`${key.column} = ?::${key.type}`, cursor[at])),
            part(`${column} ${direction === SortDirection.ASC ? ">" : "<"} ?::${type}`, cursor[index]),
          ]),
        ),
      );
    },
  };
}
