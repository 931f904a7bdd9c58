import { AppError } from "../../schema/errors.js";
import type { Listing } from "../../schema/entities/index.js";
import type { ListingOrder } from "../types/listing-filter.js";
import { ListingOrderField, SortDirection } from "../types/states.js";
import { compileKeys, type CompiledOrder, type OrderKey } from "./order-keys.js";

const keys: Record<ListingOrderField, Omit<OrderKey<Listing>, "direction">> = {
  [ListingOrderField.LISTED]: { column: "l.listed_block", type: "integer", valueOf: (l) => l.listedBlock },
  [ListingOrderField.CHANGED]: { column: "l.from_block", type: "integer", valueOf: (l) => l.fromBlock },
  [ListingOrderField.PRICE]: { column: "l.price", type: "numeric", valueOf: (l) => l.price.toString() },
  [ListingOrderField.PREDICTED_PRICE]: { column: "l.p50", type: "numeric", valueOf: (l) => l.p50.toString() },
  [ListingOrderField.SALES]: { column: "l.sales", type: "integer", valueOf: (l) => l.sales },
  [ListingOrderField.DATA_KIND]: { column: "l.data_kind", type: "smallint", valueOf: (l) => l.dataKind },
  [ListingOrderField.REGION]: { column: "l.region", type: "integer", valueOf: (l) => l.region },
};

/** The keys that were asked for, newest first otherwise; ties are broken by the id. @throws AppError BAD_INPUT for a field that comes twice. */
export function compileListingOrder(order: readonly ListingOrder[] | null | undefined): CompiledOrder<Listing> {
  const asked = order && order.length > 0 ? order : [{ field: ListingOrderField.LISTED, direction: SortDirection.DESC }];
  if (new Set(asked.map(({ field }) => field)).size !== asked.length) throw new AppError("BAD_INPUT", "orderBy: a field comes twice", { details: { field: "orderBy" } });
  return compileKeys([
    ...asked.map(({ field, direction }) => ({ ...keys[field], direction })),
    // The newest-first index breaks ties by ascending id; the tie-breaker of all orders does.
    { column: "l.id", type: "text", direction: SortDirection.ASC, valueOf: ({ id }) => id },
  ]);
}
