import { coverage, pinballLoss } from "./metrics.js";
import { serialiseModel, type PriceModel, type PriceModelParts } from "./model-file.js";
import { applyCalibration } from "./calibration.js";
import { encode, mainModality } from "./features.js";
import { createForward } from "./network.js";
import { finishedSales, type Sale } from "./sale.js";
import { simulateMarket } from "./simulator.js";
import { defaultOptions, trainPriceModel, type TrainingRow } from "./train.js";
import type { TrainingOptions } from "./train-ensemble.js";
import { washWeights, type AccountLink } from "./wash-trades.js";

export interface RetrainRequest {
  readonly sales: readonly Sale[];
  readonly links: readonly AccountLink[];
  /** Sales settled after this block are not looked at: the same block gives the same model on any machine. */
  readonly asOfBlock: number;
  readonly champion: PriceModel;
  readonly seed: number;
  /** Simulated rows that go beside the sales, so that a young market does not forget what it has not sold yet. */
  readonly simulatedRows: number;
  readonly simulatorSeed: number;
  readonly options?: Omit<TrainingOptions, "seed">;
}

/** How champion and challenger did on the latest sales, which neither has learned from. */
export interface Comparison {
  readonly tested: number;
  readonly champion: { readonly pinball: number | null; readonly coverage: number | null };
  readonly challenger: { readonly pinball: number | null; readonly coverage: number | null };
  readonly promote: boolean;
  /** Why, in a sentence. */
  readonly reason: string;
}

export interface RetrainResult {
  readonly parts: PriceModelParts;
  readonly modelHash: string;
  readonly calibrationId: string;
  /** Sales that taught, by their weight: full, or down-weighted as possible wash trades. */
  readonly taught: { readonly full: number; readonly downWeighted: number };
  readonly comparison: Comparison;
}

/** Share of the latest sales that is kept for the comparison. */
const heldShare = 0.2;

/** Fewer held-back sales than this prove nothing, and the champion stays. */
export const minimumHeld = 50;

/** A sale that is believed fully weighs as much as this many simulated rows: it is real. Assumption. */
const saleWeight = 20;

/**
 * Trains a challenger from the simulator and the settled sales, and compares it with the champion. Pure: same request, same model hash.
 * Sales whose input is unknown teach nothing.
 */
export async function retrain(request: RetrainRequest): Promise<RetrainResult> {
  const sales = finishedSales(request.sales, request.asOfBlock).filter((s) => s.input !== null);
  const weights = washWeights(sales, request.links);
  const cut = sales.length - Math.floor(sales.length * heldShare);
  const [older, latest] = [sales.slice(0, cut), sales.slice(cut)];
  const teaching = older.map((s): TrainingRow => ({ input: s.input!, lnPrice: lnUsd(s), weight: saleWeight * weights.get(s.orderId)! }));
  const market = simulateMarket(request.simulatedRows, request.simulatorSeed);
  const rows = [...market.inputs.map((input, i): TrainingRow => ({ input, lnPrice: market.y[i]!, weight: 1 })), ...teaching];
  const parts = await trainPriceModel(rows, {
    ...(request.options ?? defaultOptions), seed: request.seed, version: `sales-${request.asOfBlock}-${request.seed}`,
    source: teaching.length > 0 ? "sales" : "simulator", asOfBlock: request.asOfBlock, simulatorSeed: request.simulatorSeed,
  });
  const { modelHash, calibrationId } = serialiseModel(parts);
  const downWeighted = older.filter((s) => weights.get(s.orderId)! < 1).length;
  // A wash trade must not decide a promotion either.
  const judges = latest.filter((s) => weights.get(s.orderId)! >= 0.5);
  return { parts, modelHash, calibrationId, taught: { full: older.length - downWeighted, downWeighted }, comparison: compareModels(request.champion, parts, judges) };
}

const lnUsd = (s: Sale): number => Math.log(Number(s.price) / 1e6);

/**
 * The challenger is promoted only when its pinball loss is lower and its interval keeps within chance of its promise.
 * @param sales - with inputs, and not among those that taught.
 */
export function compareModels(champion: PriceModelParts, challenger: PriceModelParts, sales: readonly Sale[]): Comparison {
  const actual = sales.map(lnUsd);
  const judge = (model: PriceModelParts): { pinball: number | null; coverage: number | null } => {
    if (sales.length === 0) return { pinball: null, coverage: null };
    const forward = createForward(model.ensemble);
    const predicted = sales.map((s) => {
      const { x, imputed, known } = encode(s.input!);
      return applyCalibration(model.calibration, forward(x), mainModality(known), imputed, 0);
    });
    return { pinball: pinballLoss(predicted, actual), coverage: coverage(predicted, actual) };
  };
  const [old, young] = [judge(champion), judge(challenger)];
  const base = { tested: sales.length, champion: old, challenger: young };
  if (sales.length < minimumHeld) return { ...base, promote: false, reason: `Only ${sales.length} of the ${minimumHeld} sales that a comparison needs.` };
  if (young.pinball! >= old.pinball!) return { ...base, promote: false, reason: "The challenger's pinball loss is not lower." };
  // Three standard errors of a true 80 %, and never stricter than two points.
  const slack = Math.max(0.02, 3 * Math.sqrt(0.16 / sales.length));
  if (young.coverage! < 0.8 - slack) return { ...base, promote: false, reason: "The challenger's interval does not hold what it promises." };
  return { ...base, promote: true, reason: "Lower pinball loss, and the interval holds." };
}
