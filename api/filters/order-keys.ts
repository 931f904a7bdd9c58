import { AppError } from "../../schema/errors.js";
import type { CursorValue } from "../paging/cursor.js";
import { SortDirection } from "../types/states.js";
import { allOf, anyOf, part, type SqlPart } from "./sql.js";

/** One key of an order. Column and type are ours, never a caller's; the column is never null. */
export interface OrderKey {
  column: string;
  type: "integer" | "smallint" | "bigint" | "numeric" | "text";
  direction: SortDirection;
}

/** How to sort and where to go on. */
export interface CompiledOrder {
  readonly keys: readonly OrderKey[];
  /** Text of ORDER BY. */
  orderBy(backwards: boolean): string;
  /** Names the order: part of the cursor's scope. */
  readonly name: string;
  /** Text of an expression: what a cursor holds of a row, as a JSON array. */
  readonly cursorJson: string;
  /** Rows after the cursor's, or before it. @throws AppError CURSOR_INVALID */
  beyond(cursor: CursorValue, backwards: boolean): SqlPart;
}

const opposite = (direction: SortDirection): SortDirection => (direction === SortDirection.ASC ? SortDirection.DESC : SortDirection.ASC);
const isNumber = ({ type }: OrderKey): boolean => type === "integer" || type === "smallint";

/** @param keys - the last one tells all rows apart, so that the order is total. */
export function compileKeys(keys: readonly OrderKey[]): CompiledOrder {
  const turned = (backwards: boolean): readonly OrderKey[] => (backwards ? keys.map((key) => ({ ...key, direction: opposite(key.direction) })) : keys);
  return {
    keys,
    orderBy: (backwards) => turned(backwards).map(({ column, direction }) => `${column} ${direction}`).join(", "),
    name: keys.map(({ column, direction }) => `${column} ${direction}`).join(","),
    cursorJson: `json_build_array(${keys.map((key) => `${key.column}${isNumber(key) ? "" : "::text"}`).join(", ")})`,
    beyond(cursor, backwards) {
      if (cursor.length !== keys.length) throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
      const all = turned(backwards);
      const compare = ({ column, type, direction }: OrderKey, index: number, orEqual = ""): SqlPart => part(`${column} ${direction === SortDirection.ASC ? ">" : "<"}${orEqual} ?::${type}`, cursor[index]);
      const [first] = all as [OrderKey];
      if (all.every(({ direction }) => direction === first.direction)) {
        return part(`(${all.map(({ column }) => column).join(", ")}) ${first.direction === SortDirection.ASC ? ">" : "<"} (${all.map(({ type }) => `?::${type}`).join(", ")})`, ...cursor);
      }
      // (a, b, id) after (x, y, z): a after x, or a = x and b after y, or …; the first condition follows from these, and is what an index can begin at.
      return allOf([
        compare(first, 0, "="),
        anyOf(all.map((key, index) => allOf([...all.slice(0, index).map(({ column, type }, at) => part(`${column} = ?::${type}`, cursor[at])), compare(key, index)]))),
      ]);
    },
  };
}
