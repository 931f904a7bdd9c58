import type { Dense, Ensemble, Member } from "./network.js";
import { taus } from "./network.js";
import { createPrng } from "./prng.js";
import { tf, useWasmBackend } from "./tensor-backend.js";

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
  /** Called after each epoch with the validation pinball in the target's unit. */
  readonly onEpoch?: (progress: { member: number; members: number; epoch: number; epochs: number; pinball: number }) => void;
}

type Variables = { weights: tf.Variable; bias: tf.Variable }[];

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
  const variables = initialise([train.columns, ...options.hidden, 3], rng);
  const flat = variables.flatMap((v) => [v.weights, v.bias]);
  const optimizer = tf.train.adam(options.learningRate);
  const batch = Math.min(options.batch, train.rows);
  const perEpoch = Math.floor(train.rows / batch);
  const order = Int32Array.from({ length: train.rows }, (_, i) => i);
  const xBatch = new Float32Array(batch * train.columns);
  const yBatch = new Float32Array(batch);
  const wBatch = new Float32Array(batch);
  const xv = tf.tensor2d(validation.x, [validation.rows, validation.columns]);
  const yv = tf.tensor2d(yValid, [validation.rows, 1]);
  const wv = tf.tensor2d(validation.weights ?? new Float32Array(validation.rows).fill(1), [validation.rows, 1]);
  let best = Infinity;
  let kept: Float32Array[] = [];
  try {
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
        // `learningRate` is protected in the typings, yet the documented way of a schedule is to set it.
        Object.assign(optimizer, { learningRate: options.learningRate * warm * 0.5 * (1 + Math.cos(Math.PI * done)) + 1e-5 });
        tf.tidy(() => {
          const xb = tf.tensor2d(xBatch, [batch, train.columns]);
          const yb = tf.tensor2d(yBatch, [batch, 1]);
          const wb = tf.tensor2d(wBatch, [batch, 1]);
          optimizer.minimize(() => pinball(variables, xb, yb, wb), false, flat);
        });
      }
      const loss = tf.tidy(() => pinball(variables, xv, yv, wv).dataSync()[0]!);
      if (loss < best) {
        best = loss;
        kept = flat.map((v) => v.dataSync().slice() as Float32Array);
      }
      onEpoch(epoch + 1, loss);
      await new Promise((resolve) => setImmediate(resolve)); // let progress bars, stall checks and signals through
    }
  } finally {
    tf.dispose([xv, yv, wv, ...flat]);
    optimizer.dispose();
  }
  return variables.map(({ weights }, k): Dense => ({
    inputs: weights.shape[0]!, outputs: weights.shape[1]!, weights: kept[2 * k]!, bias: kept[2 * k + 1]!,
  }));
}

/** Raw outputs m, a, b of one member, rows × 3. */
function raw(variables: Variables, x: tf.Tensor2D): tf.Tensor2D {
  let h = x;
  variables.forEach(({ weights, bias }, k) => {
    const z = tf.add(tf.matMul(h, weights as tf.Tensor2D), bias) as tf.Tensor2D;
    h = k < variables.length - 1 ? tf.mul(z, tf.sigmoid(z)) : z;
  });
  return h;
}

/** Mean pinball loss over the three quantiles, weighted by row. */
function pinball(variables: Variables, x: tf.Tensor2D, y: tf.Tensor2D, rowWeights: tf.Tensor2D): tf.Scalar {
  const [m, a, b] = tf.split(raw(variables, x), 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const q = tf.concat([tf.sub(m, tf.softplus(a)), m, tf.add(m, tf.softplus(b))], 1);
  const error = tf.sub(y, q);
  const levels = tf.tensor2d([[...taus]]);
  const loss = tf.maximum(tf.mul(levels, error), tf.mul(tf.sub(levels, 1), error));
  return tf.div(tf.sum(tf.mul(loss, rowWeights)), tf.mul(tf.sum(rowWeights), 3)) as tf.Scalar;
}

/** He-normal weights for the swish layers, Glorot for the head; biases 0. */
function initialise(sizes: readonly number[], rng: ReturnType<typeof createPrng>): Variables {
  const variables: Variables = [];
  for (let k = 0; k + 1 < sizes.length; k++) {
    const [inputs, outputs] = [sizes[k]!, sizes[k + 1]!];
    const deviation = k + 2 < sizes.length ? Math.sqrt(2 / inputs) : Math.sqrt(2 / (inputs + outputs));
    const values = Float32Array.from({ length: inputs * outputs }, () => deviation * rng.normal());
    variables.push({ weights: tf.variable(tf.tensor2d(values, [inputs, outputs])), bias: tf.variable(tf.zeros([outputs])) });
  }
  return variables;
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
