import { createHash } from "node:crypto";
import { calibrate, conformalMargin, widen } from "./calibration.js";
import { encode, features, mainModality } from "./features.js";
import type { PriceModelParts } from "./model-file.js";
import { createForward, type Ensemble, type Quantiles } from "./network.js";
import { kinds, type PriceInput } from "./price-input.js";
import { createPrng } from "./prng.js";
import { trainEnsemble, type Table, type TrainingOptions } from "./train-ensemble.js";

/** One finished sale, simulated or real. */
export interface TrainingRow {
  readonly input: PriceInput;
  /** ln USD. */
  readonly lnPrice: number;
  /** 1 for an ordinary sale; less for one under suspicion. */
  readonly weight: number;
}

export interface PriceTraining extends TrainingOptions {
  readonly version: string;
  readonly source: "simulator" | "sales";
  readonly asOfBlock: number | null;
  readonly simulatorSeed: number | null;
}

/** Settings of the committed model. */
export const defaultOptions = { members: 3, hidden: [64, 32], epochs: 20, batch: 256, learningRate: 8e-3 } as const;

/**
 * Trains and calibrates a price model: 75 % of the rows teach, 5 % choose the epoch, 20 % calibrate. Same rows, options and
 * seed give the same model, bit for bit.
 */
export async function trainPriceModel(rows: readonly TrainingRow[], training: PriceTraining): Promise<PriceModelParts> {
  const order = shuffled(rows.length, training.seed);
  const cut = (from: number, to: number): TrainingRow[] => order.slice(Math.floor(rows.length * from), Math.floor(rows.length * to)).map((i) => rows[i]!);
  const [teach, choose, hold] = [cut(0, 0.75), cut(0.75, 0.8), cut(0.8, 1)];
  const table = toTable(teach);
  const ensemble = await trainEnsemble(table, toTable(choose), training);
  const { members, hidden, epochs, batch, learningRate } = training;
  return {
    version: training.version,
    ensemble,
    calibration: calibrateOn(ensemble, hold),
    range: rangeOf(table),
    typical: {
      all: meanOf(table, () => true),
      byKind: Object.fromEntries(kinds.filter((k) => teach.some((r) => r.input.kind === k)).map((k) => [k, meanOf(table, (i) => teach[i]!.input.kind === k)])),
    },
    training: {
      source: training.source, rows: rows.length, seed: training.seed, dataDigest: dataDigest(rows), asOfBlock: training.asOfBlock,
      simulatorSeed: training.simulatorSeed,
      options: { members, hidden, epochs, batch, learningRate },
    },
  };
}

/** @returns the rows as one table. */
export function toTable(rows: readonly TrainingRow[]): Table {
  const columns = features.length;
  const x = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => x.set(encode(row.input).x, i * columns));
  return {
    rows: rows.length, columns, x, y: Float64Array.from(rows, (r) => r.lnPrice), weights: Float32Array.from(rows, (r) => r.weight),
    binary: features.map((f) => f.binary),
  };
}

/** SHA-256 (0x-hex) over features, targets and weights of the rows in their order. */
export function dataDigest(rows: readonly TrainingRow[]): string {
  const { x, y, weights } = toTable(rows);
  return `0x${createHash("sha256").update(bytes(x)).update(bytes(y)).update(bytes(weights!)).digest("hex")}`;
}

const bytes = (a: Float32Array | Float64Array): Uint8Array => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);

function calibrateOn(ensemble: Ensemble, rows: readonly TrainingRow[]): PriceModelParts["calibration"] {
  const forward = createForward(ensemble);
  const predict = (inputs: readonly PriceInput[]): Quantiles[] => inputs.map((input) => forward(encode(input).x));
  const actual = rows.map((r) => r.lnPrice);
  const predicted = predict(rows.map((r) => r.input));
  const groups = rows.map((r) => mainModality(encode(r.input).known));
  const weights = rows.map((r) => r.weight);
  const base = calibrate(predicted, actual, groups, {}, weights);
  // What it costs not to know a field: the same rows again without it.
  const some = rows.slice(0, 2000);
  const missing: Record<string, number> = {};
  for (const fields of [...new Set(features.map((f) => f.field))].filter((f) => f !== "kind").map((f) => [f]).concat([["patients", "records"]])) {
    const blind = predict(some.map((r) => without(r.input, fields))).map((q) => widen(q, base.margin));
    const extra = Math.max(0, conformalMargin(blind, actual, base.level, weights));
    const half = blind.reduce((sum, q) => sum + (q.high - q.low) / 2, 0) / Math.max(1, blind.length);
    missing[fields.join("+")] = Math.sqrt((half + extra) ** 2 - half ** 2);
  }
  return { ...base, missing };
}

/** @returns the input with some fields left out. */
export function without(input: PriceInput, fields: readonly string[]): PriceInput {
  const keep = <T extends object>(o: T): T => Object.fromEntries(Object.entries(o).filter(([key]) => !fields.includes(key))) as T;
  return input.market === undefined ? keep(input) : { ...keep(input), market: keep(input.market) };
}

function rangeOf(table: Table): PriceModelParts["range"] {
  const low: number[] = [];
  const high: number[] = [];
  for (let c = 0; c < table.columns; c++) {
    const values = Float32Array.from({ length: table.rows }, (_, r) => table.x[r * table.columns + c]!).sort();
    low.push(values[Math.floor(0.001 * (table.rows - 1))]!);
    high.push(values[Math.ceil(0.999 * (table.rows - 1))]!);
  }
  return { low, high };
}

function meanOf(table: Table, chosen: (row: number) => boolean): number[] {
  const sum = new Array<number>(table.columns).fill(0);
  let n = 0;
  for (let r = 0; r < table.rows; r++) {
    if (!chosen(r)) continue;
    n++;
    for (let c = 0; c < table.columns; c++) sum[c]! += table.x[r * table.columns + c]!;
  }
  return sum.map((v) => v / n);
}

function shuffled(n: number, seed: number): number[] {
  const rng = createPrng(seed ^ 0x5eed);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
