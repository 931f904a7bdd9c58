import type { DataSource } from "typeorm";
import type { Listing } from "../../schema/entities/index.js";
import { AppError } from "../../schema/errors.js";
import { compileListingFilter } from "../filters/listing-filter.js";
import { filterScope } from "../filters/scope.js";
import { compileListingOrder } from "../filters/sort-keys.js";
import { findPage, type Page, type PageArguments } from "../paging/find-page.js";
import type { Selection } from "../reading/selection.js";
import type { Reader } from "../reading/table.js";
import { listingTable } from "../reading/tables.js";
import type { ListingFilter } from "../types/listing-filter.js";
import type { ListingSearch } from "../types/search.js";
import type { ListingOrder } from "../types/sort.js";
import { ListingOrderField, SortDirection } from "../types/states.js";
import { listingFacets } from "./facets.js";
import { compileSearch, isInLookup } from "./search.js";

export interface ListingsQuery extends PageArguments {
  where?: ListingFilter | null | undefined;
  search?: ListingSearch | null | undefined;
  orderBy?: readonly ListingOrder[] | null | undefined;
}

/** @throws AppError BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID */
export async function findListings(deps: { database: DataSource; cursorKey: Uint8Array }, query: ListingsQuery, reader: Reader, selection: Selection): Promise<Page<Listing>> {
  const asked = query.orderBy?.length ? query.orderBy : query.search ? [{ field: ListingOrderField.RELEVANCE, direction: SortDirection.DESC }] : null;
  const isRanked = (asked?.some(({ field }) => field === ListingOrderField.RELEVANCE) ?? false) || [...selection.values()].some(({ name }) => name === "edges");
  const search = query.search ? compileSearch(query.search, isRanked, Object.keys(query.where ?? {}).length > 0) : null;
  if (!search && asked?.some(({ field }) => field === ListingOrderField.RELEVANCE)) throw new AppError("BAD_INPUT", "orderBy: RELEVANCE goes with a search alone", { details: { field: "orderBy" } });
  const facetsAsked = [...selection.values()].filter(({ name }) => name === "facets");
  const facets = facetsAsked.length > 0 ? listingFacets(new Map(facetsAsked.flatMap((each) => [...each.selection]))) : null;
  const [where, order] = [compileListingFilter(query.where, filterScope("l", reader.at)), compileListingOrder(asked)];
  const isLookup = reader.at === null && isInLookup(where.text, order.orderBy(false), ...(facets?.columns ?? []));
  return findPage(deps, {
    table: listingTable,
    alias: "l",
    where,
    order,
    paging: query,
    reader,
    selection,
    ...(search ? { from: isLookup ? search.lookup : search.from, isPart: isLookup, ctes: [search.cte], extras: search.extras, edge: search.edge } : {}),
    ...(facets ? { facets } : {}),
  });
}
