import { taus } from "./network.js";
import { kinds } from "./price-input.js";
import type { Sale } from "./sale.js";

/** How predictions did against realised prices. Everything in it can be recomputed from chain events alone. */
export interface Performance {
  readonly sales: number;
  /** Share of prices inside [p10, p90]; null without sales. */
  readonly coverage: number | null;
  /** Shares below and above the interval. */
  readonly below: number | null;
  readonly above: number | null;
  /** Mean pinball loss of ln price over the three quantiles. */
  readonly pinball: number | null;
  /** Median of price / p50. */
  readonly medianRatio: number | null;
}

export interface ModelPerformance extends Performance {
  /** By format, by calendar month (UTC, `2026-11`) of the purchase, and by the model that predicted. */
  readonly byKind: Readonly<Record<string, Performance>>;
  readonly byMonth: Readonly<Record<string, Performance>>;
  readonly byModel: Readonly<Record<string, Performance>>;
  /** Both of the first, `FHIR 2026-11`: how each format did over time. */
  readonly byKindAndMonth: Readonly<Record<string, Performance>>;
  /** Whether coverage is further from 80 % than chance allows (two-sided, 1 %), or prices have moved away from the medians. */
  readonly drift: { readonly coverageZ: number; readonly biasZ: number; readonly hasDrifted: boolean };
}

/** Coverage that the interval promises. */
const level = 0.8;

/** Two-sided 1 % of the normal distribution. */
const alarm = 2.576;

/** The public record of all settled sales given. */
export function modelPerformance(sales: readonly Sale[]): ModelPerformance {
  const settled = sales.filter((s) => s.settledBlock !== null);
  const inside = settled.filter(isInside).length;
  const above = settled.filter((s) => s.price > s.p50).length;
  const n = settled.length;
  // Under a true model hits are binomial(n, 0.8), and prices fall above the median half of the time.
  const coverageZ = n === 0 ? 0 : (inside - level * n) / Math.sqrt(n * level * (1 - level));
  const biasZ = n === 0 ? 0 : (above - n / 2) / Math.sqrt(n / 4);
  return {
    ...measure(settled),
    byKind: grouped(settled, kindOf),
    byMonth: grouped(settled, monthOf),
    byModel: grouped(settled, (s) => s.modelHash),
    byKindAndMonth: grouped(settled, (s) => `${kindOf(s)} ${monthOf(s)}`),
    drift: { coverageZ, biasZ, hasDrifted: n >= 30 && (Math.abs(coverageZ) > alarm || Math.abs(biasZ) > alarm) },
  };
}

const kindOf = (s: Sale): string => kinds[s.dataKind - 1] ?? `KIND_${s.dataKind}`;
const monthOf = (s: Sale): string => new Date(s.purchasedTime * 1000).toISOString().slice(0, 7);
const isInside = (s: Sale): boolean => s.price >= s.p10 && s.price <= s.p90;

function measure(sales: readonly Sale[]): Performance {
  const n = sales.length;
  if (n === 0) return { sales: 0, coverage: null, below: null, above: null, pinball: null, medianRatio: null };
  const share = (test: (s: Sale) => boolean): number => sales.filter(test).length / n;
  let loss = 0;
  for (const s of sales) {
    [s.p10, s.p50, s.p90].forEach((q, k) => {
      const error = Math.log(Number(s.price)) - Math.log(Math.max(1, Number(q)));
      loss += Math.max(taus[k]! * error, (taus[k]! - 1) * error);
    });
  }
  const ratios = sales.map((s) => Number(s.price) / Number(s.p50)).sort((a, b) => a - b);
  const medianRatio = (ratios[(n - 1) >> 1]! + ratios[n >> 1]!) / 2;
  return { sales: n, coverage: share(isInside), below: share((s) => s.price < s.p10), above: share((s) => s.price > s.p90), pinball: loss / (3 * n), medianRatio };
}

function grouped(sales: readonly Sale[], key: (s: Sale) => string): Record<string, Performance> {
  const groups = new Map<string, Sale[]>();
  for (const s of sales) {
    const list = groups.get(key(s)) ?? [];
    list.push(s);
    groups.set(key(s), list);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, list]) => [name, measure(list)]));
}
