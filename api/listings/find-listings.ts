import { createHash } from "node:crypto";
import type { DataSource } from "typeorm";
import { Listing } from "../../schema/entities/index.js";
import { versionsAt } from "../chain/as-of.js";
import { compileListingFilter } from "../filters/listing-filter.js";
import { compileListingOrder } from "../filters/listing-order.js";
import { allOf, bind, part } from "../filters/sql.js";
import { hydrate } from "../loaders/hydrate.js";
import { decodeCursor, encodeCursor } from "../paging/cursor.js";
import { pageSize } from "../paging/page-size.js";
import type { ListingFilter, ListingOrder } from "../types/listing-filter.js";
import type { ListingFacets } from "../types/facets.js";
import type { ListingConnection } from "../types/listing.js";
import { countFacets } from "./facets.js";

export interface ListingsQuery {
  where?: ListingFilter | null | undefined;
  orderBy?: readonly ListingOrder[] | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  /** As of this block; null or left out for now. */
  at?: number | null | undefined;
}

/** A page whose exact count is taken when it is asked for. */
export interface ListingPage extends Omit<ListingConnection, "edges"> {
  edges: { cursor: string; node: Listing }[];
  countAll(): Promise<number>;
  countFacets(): Promise<ListingFacets>;
}

/**
 * One page, by keyset: one statement however deep.
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID
 */
export async function findListings({ database, cursorKey }: { database: DataSource; cursorKey: Uint8Array }, query: ListingsQuery): Promise<ListingPage> {
  const filter = compileListingFilter(query.where);
  const order = compileListingOrder(query.orderBy);
  const size = pageSize(query.first);
  // The compiled text and its values name the filter: a cursor of another one is refused.
  const at = query.at ?? null;
  const chosen = allOf([versionsAt("l", at), filter]);
  const scope = `listings|${at}|${order.name}|${createHash("sha256").update(JSON.stringify([filter.text, filter.values])).digest("base64url")}`;
  const conditions = [chosen, ...(query.after === undefined || query.after === null ? [] : [order.after(decodeCursor(cursorKey, scope, query.after))])];
  const { text, values } = bind(part("select l.* from listing l where"), allOf(conditions), part(`order by ${order.orderBy} limit ?`, size + 1));
  const rows = hydrate(database, Listing, (await database.query(text, values)) as Record<string, unknown>[]);
  const edges = rows.slice(0, size).map((node) => ({ node, cursor: encodeCursor(cursorKey, scope, order.cursorOf(node)) }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null },
    async countAll() {
      const count = bind(part("select count(*)::int as count from listing l where"), chosen);
      const [row] = (await database.query(count.text, count.values)) as { count: number }[];
      return row?.count ?? 0;
    },
    countFacets: () => countFacets(database, chosen),
  };
}
