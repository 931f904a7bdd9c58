import type { Ensemble, Member } from "./network.js";
import { createPrng } from "./prng.js";
import { useWasmBackend } from "./tensor-backend.js";
import { TrainableNetwork } from "./trainable-network.js";

/** Rows to learn from. */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns, row by row, not standardised. */
  readonly x: Float32Array;
  readonly y: Float64Array;
  /** Weight of each row in the loss; 1 when left out. */
  readonly weights?: Float32Array;
  /** Columns that are 0/1, and stay as they are. */
  readonly binary?: readonly boolean[];
}

export interface TrainingOptions {
  readonly seed: number;
  readonly members: number;
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  /** Peak of the learning rate of Adam; it rises over the first epoch and falls along a cosine. */
  readonly learningRate: number;
  /** Decoupled weight decay (AdamW); 0 when left out. */
  readonly weightDecay?: number;
  /** Called after each epoch with the validation pinball in the target's unit. */
  readonly onEpoch?: (progress: { member: number; members: number; epoch: number; epochs: number; pinball: number }) => void;
}

/**
 * Trains a small ensemble of non-crossing quantile networks by pinball loss. Each member keeps the weights of the epoch that
 * was best on `validation`. Deterministic: same rows, options and seed give the same weights.
 */
export async function trainEnsemble(train: Table, validation: Table, options: TrainingOptions): Promise<Ensemble> {
  await useWasmBackend();
  const scaling = standardisation(train);
  const xTrain = scaled(train, scaling);
  const yTrain = Float32Array.from(train.y, (v) => (v - scaling.targetMean) / scaling.targetScale);
  const xValid = scaled(validation, scaling);
  const yValid = Float32Array.from(validation.y, (v) => (v - scaling.targetMean) / scaling.targetScale);
  const members: Member[] = [];
  for (let member = 0; member < options.members; member++) {
    const seed = options.seed * 1009 + member;
    const onEpoch = (epoch: number, pinball: number): void =>
      options.onEpoch?.({ member, members: options.members, epoch, epochs: options.epochs, pinball: pinball * scaling.targetScale });
    members.push(await trainMember({ ...train, x: xTrain }, yTrain, { ...validation, x: xValid }, yValid, { ...options, seed }, onEpoch));
  }
  return { ...scaling, members };
}

async function trainMember(
  train: Table, y: Float32Array, validation: Table, yValid: Float32Array, options: TrainingOptions, onEpoch: (epoch: number, pinball: number) => void,
): Promise<Member> {
  const rng = createPrng(options.seed);
  const network = new TrainableNetwork([train.columns, ...options.hidden, 3], rng);
  const batch = Math.min(options.batch, train.rows);
  const perEpoch = Math.floor(train.rows / batch);
  const order = Int32Array.from({ length: train.rows }, (_, i) => i);
  const xBatch = new Float32Array(batch * train.columns);
  const yBatch = new Float32Array(batch);
  const wBatch = new Float32Array(batch);
  const wValid = validation.weights ?? new Float32Array(validation.rows).fill(1);
  let best = Infinity;
  let kept = network.layers();
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, rng);
    for (let step = 0; step < perEpoch; step++) {
      for (let i = 0; i < batch; i++) {
        const row = order[step * batch + i]!;
        xBatch.set(train.x.subarray(row * train.columns, (row + 1) * train.columns), i * train.columns);
        yBatch[i] = y[row]!;
        wBatch[i] = train.weights?.[row] ?? 1;
      }
      const done = (epoch * perEpoch + step) / (options.epochs * perEpoch);
      const warm = Math.min(1, (epoch * perEpoch + step + 1) / perEpoch);
      network.learn(xBatch, yBatch, wBatch, options.learningRate * (warm * 0.5 * (1 + Math.cos(Math.PI * done)) + 1e-3), options.weightDecay ?? 0);
    }
    const loss = network.loss(validation.x, yValid, wValid);
    if (loss < best) {
      best = loss;
      kept = network.layers();
    }
    onEpoch(epoch + 1, loss);
    await new Promise((resolve) => setImmediate(resolve)); // let progress bars, stall checks and signals through
  }
  return kept;
}

function shuffle(order: Int32Array, rng: ReturnType<typeof createPrng>): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}

function standardisation(table: Table): Omit<Ensemble, "members"> {
  const mean = new Float64Array(table.columns);
  const scale = new Float64Array(table.columns).fill(1);
  for (let c = 0; c < table.columns; c++) {
    if (table.binary?.[c]) continue;
    let sum = 0;
    for (let r = 0; r < table.rows; r++) sum += table.x[r * table.columns + c]!;
    mean[c] = sum / table.rows;
    let squares = 0;
    for (let r = 0; r < table.rows; r++) squares += (table.x[r * table.columns + c]! - mean[c]!) ** 2;
    scale[c] = Math.sqrt(squares / table.rows) || 1; // a constant column says nothing
  }
  const targetMean = table.y.reduce((sum, v) => sum + v, 0) / table.rows;
  const targetScale = Math.sqrt(table.y.reduce((sum, v) => sum + (v - targetMean) ** 2, 0) / table.rows) || 1;
  return { mean, scale, targetMean, targetScale };
}

function scaled(table: Table, scaling: Omit<Ensemble, "members">): Float32Array {
  const out = new Float32Array(table.x.length);
  for (let r = 0, i = 0; r < table.rows; r++) {
    for (let c = 0; c < table.columns; c++, i++) out[i] = (table.x[i]! - scaling.mean[c]!) / scaling.scale[c]!;
  }
  return out;
}
