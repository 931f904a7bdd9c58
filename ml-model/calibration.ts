import type { Quantiles } from "./network.js";

/** What split-conformal calibration (CQR) learned from rows that training never saw. All margins in the target's unit (ln USD). */
export interface Calibration {
  /** Share of prices that the interval is to hold. */
  readonly level: number;
  readonly rows: number;
  /** Added to both ends; negative where the raw interval was too wide. */
  readonly margin: number;
  /** Own margins of groups (main modality) that have enough rows. */
  readonly groups: Readonly<Record<string, { rows: number; margin: number }>>;
  /** Spread that each missing field adds, combined in quadrature with the half-width; `patients+records` when both are missing. */
  readonly missing: Readonly<Record<string, number>>;
}

/** A group's margin is drawn towards that of all rows by as many rows: it is noisy where it is small. */
const shrinkage = 200;

/** A group gets an own margin from here on: the standard error of its coverage is then below 3 points. */
export const groupMinimum = 200;

/**
 * The margin that makes an interval hold `level` of the rows: the ⌈(n+1)·level⌉-th smallest of max(low − y, y − high), where a
 * row of weight w counts as w rows.
 * @param weights - of the rows; all 1 when left out.
 * @see Romano, Patterson, Candès: Conformalized Quantile Regression (2019), algorithm 1
 */
export function conformalMargin(predicted: readonly Quantiles[], actual: ArrayLike<number>, level: number, weights?: ArrayLike<number>): number {
  if (predicted.length === 0) return 0;
  const scores = predicted
    .map((q, i) => ({ score: Math.max(q.low - actual[i]!, actual[i]! - q.high), weight: weights?.[i] ?? 1 }))
    .sort((a, b) => a.score - b.score);
  const total = scores.reduce((sum, s) => sum + s.weight, 0);
  const largest = scores.reduce((most, s) => Math.max(most, s.weight), 0);
  let left = level * (total + largest) - 1e-9 * total;
  for (const s of scores) {
    left -= s.weight;
    if (left <= 0) return s.score;
  }
  return scores.at(-1)!.score;
}

/** Moves both ends outwards by `margin` (inwards when negative), never past the middle. */
export function widen(q: Quantiles, margin: number): Quantiles {
  return { low: Math.min(q.mid, q.low - margin), mid: q.mid, high: Math.max(q.mid, q.high + margin) };
}

/** Calibrates over all rows and, where there are enough, by group. */
export function calibrate(
  predicted: readonly Quantiles[], actual: ArrayLike<number>, groupOf: readonly string[], missing: Readonly<Record<string, number>>,
  weights: ArrayLike<number> | undefined = undefined, level = 0.8,
): Calibration {
  const byGroup = new Map<string, number[]>();
  groupOf.forEach((g, i) => (byGroup.get(g) ?? byGroup.set(g, []).get(g)!).push(i));
  const groups: Record<string, { rows: number; margin: number }> = {};
  const margin = conformalMargin(predicted, actual, level, weights);
  for (const [name, rows] of [...byGroup].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (rows.length < groupMinimum) continue;
    const own = conformalMargin(rows.map((i) => predicted[i]!), rows.map((i) => actual[i]!), level, rows.map((i) => weights?.[i] ?? 1));
    groups[name] = { rows: rows.length, margin: (rows.length * own + shrinkage * margin) / (rows.length + shrinkage) };
  }
  return { level, rows: predicted.length, margin, groups, missing };
}

/**
 * Applies a calibration to one raw prediction.
 * @param strangeness - how far outside the training range the input lies, in ln USD of extra margin.
 */
export function applyCalibration(c: Calibration, q: Quantiles, group: string, imputed: readonly string[], strangeness: number): Quantiles {
  const calibrated = widen(q, (c.groups[group] ?? c).margin);
  const unknown = imputed.includes("patients") && imputed.includes("records")
    ? [...imputed.filter((f) => f !== "patients" && f !== "records"), "patients+records"]
    : imputed;
  const added = unknown.reduce((sum, field) => sum + (c.missing[field] ?? 0) ** 2, 0);
  const end = (half: number): number => Math.sqrt(half * half + added) + strangeness;
  return { low: q.mid - end(q.mid - calibrated.low), mid: q.mid, high: q.mid + end(calibrated.high - q.mid) };
}
