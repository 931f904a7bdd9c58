import { applyCalibration } from "./calibration.js";
import { encode, features, mainModality, type Encoded } from "./features.js";
import type { PriceModel } from "./model-file.js";
import { createForward, type Quantiles } from "./network.js";
import type { PriceInput } from "./price-input.js";

/** A price interval. Money is in the payment token's smallest unit (6 decimals). Not financial advice: docs/price-model.md. */
export interface PriceInterval {
  readonly p10: bigint;
  readonly p50: bigint;
  readonly p90: bigint;
  /** 32 bytes, 0x-hex: goes on the chain with the listing, as does `calibrationId`. */
  readonly modelHash: string;
  readonly modelVersion: string;
  readonly calibrationId: string;
  /** Fields that were missing and filled with a default; the interval is wider for them. */
  readonly imputed: readonly string[];
  /** The model saw little like this: the interval is wider and may still not hold. */
  readonly thinData: boolean;
}

/** Assumption: each standard deviation outside the training range adds this much (ln USD) to both ends. */
const strangenessPerDeviation = 0.35;

/** Outside the range by less than this is still ordinary. In standard deviations. */
const tolerance = 0.05;

const forwards = new WeakMap<PriceModel, (x: Float32Array) => Quantiles>();

/** @returns the model's forward pass; its buffers are made once a model. */
export function forwardOf(model: PriceModel): (x: Float32Array) => Quantiles {
  let forward = forwards.get(model);
  if (!forward) forwards.set(model, (forward = createForward(model.ensemble)));
  return forward;
}

/** How far, in standard deviations, each column lies outside what training saw; added up. */
function outside(model: PriceModel, x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    if (features[i]!.binary) continue;
    const distance = Math.max(model.range.low[i]! - x[i]!, x[i]! - model.range.high[i]!) / model.ensemble.scale[i]!;
    if (distance > tolerance) sum += distance;
  }
  return sum;
}

/** ln USD kept within what the token can express and anybody could pay: 0.01 to 10¹¹. */
const toToken = (lnUsd: number): bigint => BigInt(Math.round(Math.exp(Math.min(25.3, Math.max(-4.6, lnUsd))) * 1e6));

/** Prices one listing, with the encoded input beside the interval. */
export function priceEncoded(model: PriceModel, input: PriceInput): { interval: PriceInterval; encoded: Encoded } {
  const encoded = encode(input);
  const { x, imputed, known } = encoded;
  const group = mainModality(known);
  const strange = outside(model, x);
  const q = applyCalibration(model.calibration, forwardOf(model)(x), group, imputed, strange * strangenessPerDeviation);
  return {
    encoded,
    interval: {
      p10: toToken(q.low), p50: toToken(q.mid), p90: toToken(q.high),
      modelHash: model.modelHash, modelVersion: model.version, calibrationId: model.calibrationId,
      imputed, thinData: strange > 0 || model.calibration.groups[group] === undefined,
    },
  };
}

/**
 * Prices one listing: the interval alone, in microseconds.
 * @param input - from `parsePriceInput`, which refuses absurd values.
 */
export const predictInterval = (model: PriceModel, input: PriceInput): PriceInterval => priceEncoded(model, input).interval;
