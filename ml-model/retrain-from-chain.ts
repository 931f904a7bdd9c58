import type { DataSource } from "typeorm";
import { PriceTraining } from "../schema/entities/price-training.js";
import { loadInstitutionLinks, loadPriceInputs, loadSales, queryOf } from "./load-sales.js";
import { openModelStore } from "./model-store.js";
import { modelPerformance } from "./performance.js";
import { retrain, type Comparison, type RetrainRequest } from "./retrain.js";
import { defaultOptions } from "./train.js";
import type { TrainingOptions } from "./train-ensemble.js";

export interface ChainRetraining {
  readonly database: DataSource;
  /** A final block: rows up to it cannot change any more. */
  readonly asOfBlock: number;
  /** Promote the challenger when the comparison speaks for it. */
  readonly promote: boolean;
  /** Of the committed model, unless told. */
  readonly options?: Partial<RetrainRequest["options"]>;
  readonly simulatedRows?: number;
  readonly onEpoch?: TrainingOptions["onEpoch"];
}

/** What came of a training; plain JSON. */
export interface Retrained {
  readonly asOfBlock: number;
  readonly modelHash: string;
  readonly calibrationId: string;
  readonly dataDigest: string;
  /** Sales that taught: fully, or down-weighted as possible wash trades. */
  readonly taught: { readonly full: number; readonly downWeighted: number };
  readonly comparison: Comparison;
  readonly promoted: boolean;
  /** Whether settled sales say that the market has moved away from the predictions. */
  readonly drifted: boolean;
}

/** Seed of the networks: fixed, so that the block alone decides the model. */
const seed = 1;
const simulatorSeed = 20_261_123;

/** Simulated rows beside the sales when not told otherwise: half of what the committed model saw, and so half a minute at most. */
const defaultSimulatedRows = 50_000;

/**
 * The whole retraining: sales and links as of a block → challenger → registry → promotion, if it is wanted and earned. Safe to run
 * twice, and to kill: the same block gives the same model, which the registry keeps once. Minutes of one core: see `train-apart.ts`.
 * @throws AppError MODEL_INVALID when the champion's files were changed
 */
export async function retrainFromChain(request: ChainRetraining): Promise<Retrained> {
  const { database, asOfBlock, onEpoch } = request;
  const query = queryOf(database);
  const store = openModelStore(database);
  const sales = await loadSales(query, asOfBlock, await loadPriceInputs(query));
  const { parts, modelHash, calibrationId, taught, comparison } = await retrain({
    sales, links: await loadInstitutionLinks(query, asOfBlock), asOfBlock, champion: await store.champion(),
    seed, simulatorSeed, simulatedRows: request.simulatedRows ?? defaultSimulatedRows, options: { ...defaultOptions, ...request.options, ...(onEpoch ? { onEpoch } : {}) },
  });
  await store.add({ parts, comparison });
  const promoted = request.promote && comparison.promote;
  if (promoted) await store.promote(modelHash);
  const { drift } = modelPerformance(sales);
  await database.getRepository(PriceTraining).insert({
    asOfBlock: BigInt(asOfBlock), modelHash, sales: taught.full + taught.downWeighted + comparison.tested, promoted, reason: comparison.reason, drifted: drift.hasDrifted,
  });
  return { asOfBlock, modelHash, calibrationId, dataDigest: parts.training.dataDigest, taught, comparison, promoted, drifted: drift.hasDrifted };
}
