import type { PriceModel } from "./model-file.js";
import { forwardOf, priceEncoded, type PriceInterval } from "./predict-interval.js";
import type { PriceInput } from "./price-input.js";
import { explain, type Reason } from "./reasons.js";

export { loadCommittedModel } from "./committed-model.js";
export { type Counterfactual, counterfactuals } from "./counterfactuals.js";
export { loadSales, queryOf } from "./load-sales.js";
export { loadModel, type PriceModel } from "./model-file.js";
export { type ModelPerformance, modelPerformance, type Performance } from "./performance.js";
export { type PriceInterval, predictInterval } from "./predict-interval.js";
export { parsePriceInput, type PriceInput } from "./price-input.js";
export { readRegistry } from "./read-registry.js";
export type { Reason } from "./reasons.js";
export type { RegistryEntry } from "./registry.js";
export { createServing, type Serving } from "./serving.js";
export type { Sale } from "./sale.js";

/** An interval with its reasons, largest effect first. */
export interface Prediction extends PriceInterval {
  /** p50 of the typical listing; with all effects added it is p50. */
  readonly typical: bigint;
  readonly reasons: readonly Reason[];
}

/** Prices one listing and says why, in well under a millisecond. */
export function predict(model: PriceModel, input: PriceInput): Prediction {
  const { interval, encoded } = priceEncoded(model, input);
  return { ...interval, ...explain(model, encoded, (v) => forwardOf(model)(v).mid) };
}
