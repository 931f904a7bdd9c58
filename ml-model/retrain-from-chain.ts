import { loadInstitutionLinks, loadSales, type Query } from "./load-sales.js";
import type { ModelStore } from "./model-store.js";
import type { PriceInput } from "./price-input.js";
import { retrain, type RetrainRequest, type RetrainResult } from "./retrain.js";

export interface ChainRetraining {
  readonly query: Query;
  readonly store: ModelStore;
  /** A final block: rows up to it cannot change any more. */
  readonly asOfBlock: number;
  /** What the model was asked for each listing that we priced ourselves, by listing id. */
  readonly inputs: ReadonlyMap<string, PriceInput>;
  /** Promote the challenger when the comparison speaks for it. */
  readonly promote: boolean;
  readonly options?: RetrainRequest["options"];
  readonly simulatedRows?: number;
}

/** Seed of the networks: fixed, so that the block alone decides the model. */
const seed = 1;
const simulatorSeed = 20_261_123;

/** Simulated rows beside the sales when not told otherwise: half of what the committed model saw, and so half a minute at most. */
const defaultSimulatedRows = 50_000;

/**
 * The whole retraining: sales and links as of a block → challenger → store → promotion, if it is wanted and earned. Safe to run
 * twice: the same block gives the same model, which the store keeps once. Minutes of one core: run it in a worker, one at a time.
 */
export async function retrainFromChain(request: ChainRetraining): Promise<RetrainResult & { readonly promoted: boolean }> {
  const { query, store, asOfBlock, inputs } = request;
  const result = await retrain({
    sales: await loadSales(query, asOfBlock, inputs), links: await loadInstitutionLinks(query, asOfBlock), asOfBlock, champion: await store.champion(),
    seed, simulatorSeed, simulatedRows: request.simulatedRows ?? defaultSimulatedRows, ...(request.options ? { options: request.options } : {}),
  });
  await store.add(result);
  const promoted = request.promote && result.comparison.promote;
  if (promoted) await store.promote(result.modelHash);
  return { ...result, promoted };
}
