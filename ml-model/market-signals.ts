import { kinds, type PriceInput } from "./price-input.js";
import type { Sale } from "./sale.js";

/** Buyers' institutions and the offers of the day, which sales do not tell. */
export interface MarketContext {
  /** Accounts accredited as enterprises. */
  readonly enterprises: ReadonlySet<string>;
  /** Listings of each DataKind code that were on offer at the time. */
  readonly onOffer: Readonly<Record<number, number>>;
}

/** Seconds that a sale counts as recent. */
export const recentSeconds = 90 * 86_400;

/**
 * What the market showed at a moment, from the sales before it. A listing is like another of the same format.
 * @param time - seconds since 1970 of the listing; sales at or after it are not looked at, so nothing leaks from the future.
 * @param weights - of each sale, by order id; sales under suspicion of wash trading do not move the premium (`washWeights`).
 */
export function marketSignals(
  sales: readonly Sale[], kind: PriceInput["kind"], time: number, context: MarketContext, weights: ReadonlyMap<string, number> = new Map(),
): NonNullable<PriceInput["market"]> {
  const code = kinds.indexOf(kind) + 1;
  const like = sales.filter((s) => s.dataKind === code && s.purchasedTime < time && s.purchasedTime >= time - recentSeconds && (weights.get(s.orderId) ?? 1) >= 0.5);
  const buyers = new Set(like.map((s) => s.buyer));
  const premiums = like.map((s) => Math.log(Number(s.price) / Number(s.p50))).sort((a, b) => a - b);
  const supply = context.onOffer[code] ?? 0;
  return {
    likeSales: like.length,
    likePremium: Math.min(5, Math.max(-5, median(premiums) ?? 0)),
    demand: buyers.size,
    supply,
    ...(buyers.size === 0 ? {} : { commercialShare: [...buyers].filter((b) => context.enterprises.has(b)).length / buyers.size }),
  };
}

/** @returns the middle of sorted values; the mean of the two middles of an even number. */
function median(sorted: readonly number[]): number | undefined {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : sorted.length === 0 ? undefined : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
