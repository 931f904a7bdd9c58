import { addedAt, versionsAt } from "../chain/as-of.js";
import type { ListingFilter, OrderFilter, VoteFilter } from "../types/listing-filter.js";
import { compileListingFilter, compileOrderFilter, compileVoteFilter } from "./listing-filter.js";
import { filterScope } from "./scope.js";
import { allOf, type SqlPart } from "./sql.js";

/** Listings, as `l`, that a filter chooses as of a block. */
export const listingsAt = (where: ListingFilter | null | undefined, block: number): SqlPart => allOf([versionsAt("l", block), compileListingFilter(where, filterScope("l", block))]);

/** Orders, as `o`. */
export const ordersAt = (where: OrderFilter | null | undefined, block: number): SqlPart => allOf([versionsAt("o", block), compileOrderFilter(where, filterScope("o", block))]);

/** Votes, as `v`. */
export const votesAt = (where: VoteFilter | null | undefined, block: number): SqlPart => allOf([addedAt("v", block), compileVoteFilter(where, filterScope("v", block))]);
