import type { DataSource } from "typeorm";
import { createServing, loadCommittedModel, parsePriceInput, predict, queryOf, type Prediction } from "../../ml-model/predict.js";
import type { Currency } from "../types/money.js";
import { toMoney } from "../types/money.js";
import type { PricePrediction } from "../types/upload.js";

/** @param input - as from outside. @throws AppError PRICE_INPUT_INVALID, naming the field */
export type Predictor = (input: unknown) => Promise<Prediction>;

/** Predicts with the model that serves. @throws AppError MODEL_INVALID when the release's files were changed */
export async function createPredictor(database: DataSource): Promise<Predictor> {
  const serving = createServing(queryOf(database));
  await loadCommittedModel();
  return async (input) => {
    const asked = parsePriceInput(input);
    return predict(await serving.champion(), asked);
  };
}

/** A prediction, fresh or as `app.upload.prediction` keeps it (amounts as decimal strings). */
interface AnyPrediction {
  p10: bigint | string;
  p50: bigint | string;
  p90: bigint | string;
  modelVersion: string;
  modelHash: string;
  thinData: boolean;
  reasons: readonly { feature: string; text: string; effect: bigint | string }[];
}

export function showPrediction(currency: Currency, prediction: AnyPrediction): PricePrediction {
  const money = (amount: bigint | string): ReturnType<typeof toMoney> => toMoney(currency, BigInt(amount));
  const { modelVersion, modelHash, thinData, reasons } = prediction;
  return {
    p10: money(prediction.p10),
    p50: money(prediction.p50),
    p90: money(prediction.p90),
    modelVersion,
    modelHash,
    thinData,
    reasons: reasons.map(({ feature, text, effect }) => ({ feature, text, effect: money(effect) })),
  };
}
