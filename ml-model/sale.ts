import { z } from "zod";
import { priceInputSchema } from "./price-input.js";

const account = z.string().regex(/^0x[0-9a-fA-F]{40}$/).transform((a) => a.toLowerCase());
const units = z.bigint().min(0n);

/** One order that was paid, with the prediction that stood on the chain with its listing. All of it comes from chain events, but `input`. */
export const saleSchema = z.strictObject({
  orderId: z.string(),
  listingId: z.string(),
  /** Null for an anonymous listing. */
  provider: account.nullable(),
  payee: account,
  buyer: account,
  /** Code of `schema/market` DataKind. */
  dataKind: z.number().int(),
  /** Realised price, and what had been predicted, in the payment token's smallest unit. */
  price: units.min(1n),
  p10: units, p50: units.min(1n), p90: units,
  modelHash: z.string(),
  listedBlock: z.number().int().min(0),
  purchasedBlock: z.number().int().min(0),
  /** Seconds since 1970 of the purchase's block. */
  purchasedTime: z.number().int().min(0),
  /** Block of settlement; null while open or when refunded. */
  settledBlock: z.number().int().min(0).nullable(),
  /** What the model was asked when the listing was priced; null where only the chain is known. */
  input: priceInputSchema.nullable(),
});

export type Sale = z.infer<typeof saleSchema>;

/** @returns the sales that were settled by `block`: only these teach. Oldest first, then by order id, so that order never depends on the query. */
export function finishedSales(sales: readonly Sale[], block: number): Sale[] {
  return sales
    .filter((s) => s.settledBlock !== null && s.settledBlock <= block)
    .sort((a, b) => a.purchasedBlock - b.purchasedBlock || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0));
}
