import { taus, type Quantiles } from "./network.js";

/** @returns the mean pinball loss over the three quantiles: what the model minimises. */
export function pinballLoss(predicted: readonly Quantiles[], actual: ArrayLike<number>): number {
  let sum = 0;
  predicted.forEach((q, i) => {
    const levels = [q.low, q.mid, q.high];
    for (let k = 0; k < 3; k++) {
      const error = actual[i]! - levels[k]!;
      sum += Math.max(taus[k]! * error, (taus[k]! - 1) * error);
    }
  });
  return sum / (3 * predicted.length);
}

/** @returns the share of actual values inside their interval. */
export function coverage(predicted: readonly Quantiles[], actual: ArrayLike<number>): number {
  return predicted.filter((q, i) => actual[i]! >= q.low && actual[i]! <= q.high).length / predicted.length;
}
