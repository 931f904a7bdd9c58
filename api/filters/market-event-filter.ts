import { parseAddress, parseHash } from "../input/parse.js";
import type { MarketEventFilter } from "../types/listing-filter.js";
import { idConditions, intConditions, textConditions, timeConditions } from "./conditions.js";
import { compileNested } from "./nested.js";
import type { FilterScope } from "./scope.js";
import { not, part, type SqlPart } from "./sql.js";

/** Entries whose event took effect, and was not taken back since. */
const stillHolds = (a: string): SqlPart => part(`${a}.op = 'APPLY' and not exists (select from market_event later where later.reverts = ${a}.seq)`);

/** Compiles a filter over the table `market_event`. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export const compileMarketEventFilter = (filter: MarketEventFilter | null | undefined, scope: FilterScope): SqlPart =>
  compileNested(filter, scope, ({ name, holds, listingId, orderId, account, transactionHash, block, time }, { alias: a }) => [
    ...(name ? [textConditions("name", `${a}.name`, name)] : []),
    ...(holds === true ? [stillHolds(a)] : holds === false ? [not(stillHolds(a))] : []),
    ...(listingId ? [idConditions("listingId", `${a}.listing_id`, listingId, parseHash)] : []),
    ...(orderId ? [idConditions("orderId", `${a}.order_id`, orderId, parseHash)] : []),
    ...(account ? [idConditions("account", `${a}.account`, account, parseAddress)] : []),
    ...(transactionHash ? [idConditions("transactionHash", `${a}.transaction_hash`, transactionHash, parseHash)] : []),
    ...(block ? [intConditions("block", `${a}.block_number`, block)] : []),
    ...(time ? [timeConditions(`${a}.block_time`, time)] : []),
  ]);
