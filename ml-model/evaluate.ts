import { applyCalibration } from "./calibration.js";
import { encode, features, mainModality } from "./features.js";
import { coverage, pinballLoss } from "./metrics.js";
import type { PriceModel } from "./model-file.js";
import { createForward, type Quantiles } from "./network.js";
import { integratedGradients } from "./reasons.js";
import type { TrainingRow } from "./train.js";

/** A share with the number of rows that it is taken over. */
export interface Share {
  readonly name: string;
  readonly rows: number;
  readonly share: number;
}

/** How a model does on rows that it has not learned from. */
export interface Evaluation {
  readonly rows: number;
  readonly pinball: number;
  /** Share of prices inside the interval; 0.8 is promised. */
  readonly coverage: number;
  /** Share of prices below each predicted quantile; 0.1, 0.5 and 0.9 are promised. */
  readonly reliability: readonly { readonly tau: number; readonly below: number }[];
  readonly byModality: readonly Share[];
  /** Median of |ln price − ln p50| and of the interval's width (ln) by number of patients. */
  readonly bySize: readonly { readonly name: string; readonly rows: number; readonly error: number; readonly width: number }[];
  /** Mean absolute effect of each field on ln price, largest first (integrated gradients against the mean listing). */
  readonly importance: readonly { readonly feature: string; readonly effect: number }[];
}

/** Rows that importance is averaged over: each costs a third of a millisecond. */
const importanceRows = 500;

/** Judges a model on given rows. Pure; throws RangeError without rows. */
export function evaluateModel(model: PriceModel, rows: readonly Pick<TrainingRow, "input" | "lnPrice">[]): Evaluation {
  if (rows.length === 0) throw new RangeError("A model cannot be evaluated on no rows.");
  const forward = createForward(model.ensemble);
  const encoded = rows.map((r) => encode(r.input));
  const actual = rows.map((r) => r.lnPrice);
  const predicted = encoded.map(({ x, imputed, known }) => applyCalibration(model.calibration, forward(x), mainModality(known), imputed, 0));
  const below = (of: (q: Quantiles) => number): number => predicted.filter((q, i) => actual[i]! <= of(q)).length / rows.length;
  const subset = (of: readonly number[]): { q: Quantiles[]; y: number[] } => ({ q: of.map((i) => predicted[i]!), y: of.map((i) => actual[i]!) });
  const typical = Float32Array.from(model.typical.all);
  const effects = new Map<string, number>();
  const some = encoded.slice(0, importanceRows);
  for (const { x } of some) {
    const perField = new Map<string, number>();
    integratedGradients(model.ensemble, typical, x).forEach((v, i) => perField.set(features[i]!.field, (perField.get(features[i]!.field) ?? 0) + v));
    for (const [field, v] of perField) effects.set(field, (effects.get(field) ?? 0) + Math.abs(v) / some.length);
  }
  return {
    rows: rows.length,
    pinball: pinballLoss(predicted, actual),
    coverage: coverage(predicted, actual),
    reliability: [{ tau: 0.1, below: below((q) => q.low) }, { tau: 0.5, below: below((q) => q.mid) }, { tau: 0.9, below: below((q) => q.high) }],
    byModality: groupBy(encoded.map(({ known }) => mainModality(known))).map(([name, of]) => {
      const { q, y } = subset(of);
      return { name, rows: of.length, share: coverage(q, y) };
    }),
    bySize: groupBy(encoded.map(({ known }) => sizeName(known.patients))).map(([name, of]) => {
      const { q, y } = subset(of);
      return { name, rows: of.length, error: median(q.map((v, i) => Math.abs(y[i]! - v.mid))), width: median(q.map((v) => v.high - v.low)) };
    }),
    importance: [...effects].map(([feature, effect]) => ({ feature, effect })).sort((a, b) => b.effect - a.effect),
  };
}

/** `10–99 patients`: one group a power of ten. */
function sizeName(patients: number): string {
  const power = Math.floor(Math.log10(patients) + 1e-9);
  return patients < 10 ? "1–9" : `${(10 ** power).toLocaleString("en-US")}–${(10 ** (power + 1) - 1).toLocaleString("en-US")}`;
}

function groupBy(names: readonly string[]): [string, number[]][] {
  const groups = new Map<string, number[]>();
  names.forEach((name, i) => {
    const list = groups.get(name) ?? [];
    list.push(i);
    groups.set(name, list);
  });
  // Groups of sizes come in the order of their first number, those of words in that of the alphabet.
  return [...groups].sort(([a], [b]) => (parseFloat(a.replaceAll(",", "")) - parseFloat(b.replaceAll(",", "")) || (a < b ? -1 : 1)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
