import { Listing, TradeOrder } from "../../schema/entities/index.js";
import { versionsAt } from "../chain/as-of.js";
import type { ApiContext } from "../context.js";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import { hydrate } from "./hydrate.js";

const tables = { listing: Listing, trade_order: TradeOrder } as const;
type Row<Table extends keyof typeof tables> = InstanceType<(typeof tables)[Table]>;

/** Rows of a versioned table as they were at a block, each remembered as such, so that what hangs on it is shown of the same block. */
async function find<Table extends keyof typeof tables>(context: ApiContext, table: Table, block: number, where: SqlPart, rest = ""): Promise<Row<Table>[]> {
  const { database } = context.deps;
  const { text, values } = bind(part(`select v.* from ${table} v where`), allOf([versionsAt("v", block), where]), part(rest));
  const rows = hydrate<Row<Table>>(database, tables[table] as never, (await database.query(text, values)) as Record<string, unknown>[]);
  for (const row of rows) context.asOf.set(row, block);
  return rows;
}

export const listingAt = async (context: ApiContext, id: string, block: number | null): Promise<Listing | null> =>
  block === null ? context.loaders.listing.load(id) : ((await find(context, "listing", block, part("v.id = ?", id)))[0] ?? null);

export const orderAt = async (context: ApiContext, id: string, block: number | null): Promise<TradeOrder | null> =>
  block === null ? context.loaders.order.load(id) : ((await find(context, "trade_order", block, part("v.id = ?", id)))[0] ?? null);

/** A buyer's orders of a listing, newest first. */
export const ordersOfAt = (context: ApiContext, listingId: string, buyer: string, block: number): Promise<TradeOrder[]> =>
  find(context, "trade_order", block, part("v.listing_id = ? and v.buyer = ?", listingId, buyer), "order by v.purchased_block desc, v.id");
