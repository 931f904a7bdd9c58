import { DataKind } from "../schema/market.js";
import { lastFinalBlock, loadInstitutionLinks, loadMarketContext, loadSales, type Query } from "./load-sales.js";
import { marketSignals, recentSeconds } from "./market-signals.js";
import type { PriceInput } from "./price-input.js";
import { washWeights } from "./wash-trades.js";

/**
 * What the market shows of a kind of data at a moment, from the chain's tables up to the final block: what a listing of now is priced with.
 * @param now - seconds since 1970.
 */
export async function marketAround(query: Query, dataKind: DataKind, now: number): Promise<PriceInput["market"]> {
  const block = (await lastFinalBlock(query)) ?? -1;
  const sales = await loadSales(query, block, new Map(), { dataKind, since: Math.floor(now - recentSeconds) });
  const weights = washWeights(sales, await loadInstitutionLinks(query, block));
  return marketSignals(sales, DataKind[dataKind] as PriceInput["kind"], now, await loadMarketContext(query, block), weights);
}
