import { AppError } from "../../schema/errors.js";
import type { Listing } from "../../schema/entities/index.js";
import type { CursorValue } from "../paging/cursor.js";
import type { ListingOrder } from "../types/listing-filter.js";
import { ListingOrderField, SortDirection } from "../types/states.js";
import { anyOf, allOf, part, type SqlPart } from "./sql.js";

interface Key {
  column: string;
  type: string;
  direction: SortDirection;
  valueOf: (listing: Listing) => string | number;
}

const keys: Record<ListingOrderField, Omit<Key, "direction">> = {
  [ListingOrderField.LISTED]: { column: "l.listed_block", type: "integer", valueOf: (l) => l.listedBlock },
  [ListingOrderField.CHANGED]: { column: "l.from_block", type: "integer", valueOf: (l) => l.fromBlock },
  [ListingOrderField.PRICE]: { column: "l.price", type: "numeric", valueOf: (l) => l.price.toString() },
  [ListingOrderField.PREDICTED_PRICE]: { column: "l.p50", type: "numeric", valueOf: (l) => l.p50.toString() },
  [ListingOrderField.SALES]: { column: "l.sales", type: "integer", valueOf: (l) => l.sales },
  [ListingOrderField.DATA_KIND]: { column: "l.data_kind", type: "smallint", valueOf: (l) => l.dataKind },
  [ListingOrderField.REGION]: { column: "l.region", type: "integer", valueOf: (l) => l.region },
};

/** How to sort and where to go on: the keys that were asked for, then the id, so that the order is total. */
export interface CompiledOrder {
  /** Text of ORDER BY. */
  readonly orderBy: string;
  /** Names the order: part of the cursor's scope. */
  readonly name: string;
  /** What a cursor holds of a listing. */
  cursorOf(listing: Listing): CursorValue;
  /** Listings after the cursor's. @throws AppError CURSOR_INVALID */
  after(cursor: CursorValue): SqlPart;
}

/** @throws AppError BAD_INPUT for a field that comes twice. */
export function compileListingOrder(order: readonly ListingOrder[] | null | undefined): CompiledOrder {
  const asked = order && order.length > 0 ? order : [{ field: ListingOrderField.LISTED, direction: SortDirection.DESC }];
  if (new Set(asked.map(({ field }) => field)).size !== asked.length) throw new AppError("BAD_INPUT", "orderBy: a field comes twice", { details: { field: "orderBy" } });
  // The newest-first index breaks ties by ascending id; the tie-breaker of all orders does.
  const all: Key[] = [
    ...asked.map(({ field, direction }) => ({ ...keys[field], direction })),
    { column: "l.id", type: "text", direction: SortDirection.ASC, valueOf: (listing) => listing.id },
  ];
  return {
    orderBy: all.map(({ column, direction }) => `${column} ${direction}`).join(", "),
    name: asked.map(({ field, direction }) => `${field} ${direction}`).join(","),
    cursorOf: (listing) => all.map(({ valueOf }) => valueOf(listing)),
    after(cursor) {
      if (cursor.length !== all.length) throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
      // (a, b, id) after (x, y, z): a after x, or a = x and b after y, or …; directions may differ, so no row comparison.
      return anyOf(
        all.map(({ column, type, direction }, index) =>
          allOf([
            ...all.slice(0, index).map((key, at) => part(`${key.column} = ?::${key.type}`, cursor[at])),
            part(`${column} ${direction === SortDirection.ASC ? ">" : "<"} ?::${type}`, cursor[index]),
          ]),
        ),
      );
    },
  };
}
