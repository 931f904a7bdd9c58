import { sampleRows, type Sampler } from "./sample.js";

/** Whose dispute it is. Its status is its order's, which is compared with the contract there; which votes still count is the contract's to say. */
export const disputes: Sampler = async (options) => {
  const rows = await sampleRows<{ order_id: string; buyer: string; listing_id: string }>(options, "dispute", "order_id", 64);
  const { rows: listings } = await options.sql.query<{ id: string; payee: string }>("select distinct id, payee from public.listing where id = any($1::text[])", [rows.map((row) => row.listing_id)]);
  const payees = new Map(listings.map(({ id, payee }) => [id, payee]));
  return rows.map((row) => ({
    name: `dispute ${row.order_id}`,
    call: { view: "disputeOf", args: [row.order_id] },
    expected: { buyer: row.buyer, payee: payees.get(row.listing_id) ?? "no listing" },
  }));
};
