import { versionsAt } from "../chain/as-of.js";
import { parseAddress, parseHash } from "../input/parse.js";
import type { DisputeFilter } from "../types/disputes.js";
import { equality, idConditions, intConditions, timeConditions } from "./conditions.js";
import { compileListingFilter, compileOrderFilter } from "./listing-filter.js";
import { compileNested } from "./nested.js";
import { someOf, type FilterScope } from "./scope.js";
import { allOf, part, type SqlPart } from "./sql.js";

/** Compiles a filter over the table `dispute`. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export const compileDisputeFilter = (filter: DisputeFilter | null | undefined, scope: FilterScope): SqlPart =>
  compileNested(filter, scope, ({ orderId, listingId, buyer, status, claim, openedBlock, openedTime, resolvedBlock, order, listing }, inner) => {
    const { alias: a, at } = inner;
    const related = (key: string) => (alias: string): SqlPart => allOf([part(`${alias}.id = ${a}.${key}`), versionsAt(alias, at)]);
    return [
      ...(orderId ? [idConditions("orderId", `${a}.order_id`, orderId, parseHash)] : []),
      ...(listingId ? [idConditions("listingId", `${a}.listing_id`, listingId, parseHash)] : []),
      ...(buyer ? [idConditions("buyer", `${a}.buyer`, buyer, parseAddress)] : []),
      ...(status ? equality("status", `${a}.status`, "text", status) : []),
      ...equality("claim", `${a}.claim`, "smallint", { eq: claim }),
      ...(openedBlock ? [intConditions("openedBlock", `${a}.opened_block`, openedBlock)] : []),
      ...(openedTime ? [timeConditions(`${a}.opened_time`, openedTime)] : []),
      ...(resolvedBlock ? [intConditions("resolvedBlock", `${a}.resolved_block`, resolvedBlock)] : []),
      ...(order ? [someOf(inner, { table: "trade_order", join: related("order_id"), where: (deep) => compileOrderFilter(order, deep) })] : []),
      ...(listing ? [someOf(inner, { table: "listing", join: related("listing_id"), where: (deep) => compileListingFilter(listing, deep) })] : []),
    ];
  });
