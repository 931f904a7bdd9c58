import type { DataSource } from "typeorm";
import { Listing } from "../../schema/entities/index.js";
import { versionsAt } from "../chain/as-of.js";
import { compileListingFilter } from "../filters/listing-filter.js";
import { compileListingOrder } from "../filters/listing-order.js";
import { allOf } from "../filters/sql.js";
import { findPage, type Page } from "../paging/find-page.js";
import type { ListingFacets } from "../types/facets.js";
import type { ListingFilter, ListingOrder } from "../types/listing-filter.js";
import { countFacets } from "./facets.js";

export interface ListingsQuery {
  where?: ListingFilter | null | undefined;
  orderBy?: readonly ListingOrder[] | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  /** As of this block; null or left out for now. */
  at?: number | null | undefined;
}

export interface ListingPage extends Page<Listing> {
  countFacets(): Promise<ListingFacets>;
}

/** @throws AppError BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID */
export async function findListings(deps: { database: DataSource; cursorKey: Uint8Array }, query: ListingsQuery): Promise<ListingPage> {
  const chosen = allOf([versionsAt("l", query.at ?? null), compileListingFilter(query.where)]);
  const { first, after } = query;
  const page = await findPage(deps, { entity: Listing, from: "listing l", alias: "l", chosen, order: compileListingOrder(query.orderBy), first, after });
  return { ...page, countFacets: () => countFacets(deps.database, chosen) };
}
