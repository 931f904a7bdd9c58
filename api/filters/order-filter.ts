import { parseAddress, parseHash } from "../input/parse.js";
import type { OrderFilter } from "../types/directory.js";
import { amountConditions, equality, idConditions, intConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import type { SqlPart } from "./sql.js";

/** Compiles a filter over the table `trade_order`, which the statement calls `o`. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export const compileOrderFilter = (filter: OrderFilter | null | undefined): SqlPart =>
  compileNested(filter, ({ id, listingId, buyer, status, price, purchasedBlock }) => [
    ...(id ? [idConditions("id", "o.id", id, parseHash)] : []),
    ...(listingId ? [idConditions("listingId", "o.listing_id", listingId, parseHash)] : []),
    ...(buyer ? [idConditions("buyer", "o.buyer", buyer, parseAddress)] : []),
    ...(status ? equality("status", "o.status", "text", status) : []),
    ...(price ? [amountConditions("o.price", price)] : []),
    ...(purchasedBlock ? [intConditions("purchasedBlock", "o.purchased_block", purchasedBlock)] : []),
  ]);
