import type { Tensor2D } from "@tensorflow/tfjs";
import { softplus, taus, type Dense, type Member } from "./network.js";
import type { Prng } from "./prng.js";
import { tf } from "./tensor-backend.js";

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7] as const;

/**
 * One quantile network under training. The products run in tfjs; the gradient is written by hand, since tfjs' tape and its Adam
 * call some 200 small kernels a step, and their overhead is four fifths of the time.
 */
export class TrainableNetwork {
  /** Weights then bias, layer by layer. */
  readonly #parameters: Float32Array[] = [];
  readonly #gradients: Float32Array[];
  readonly #first: Float32Array[];
  readonly #second: Float32Array[];
  readonly #sizes: readonly number[];
  #steps = 0;

  /**
   * He-normal weights for the swish layers, Glorot for the head; biases 0.
   * @param sizes - features, hidden layers, 3
   */
  constructor(sizes: readonly number[], rng: Prng) {
    this.#sizes = sizes;
    for (let k = 0; k + 1 < sizes.length; k++) {
      const [inputs, outputs] = [sizes[k]!, sizes[k + 1]!];
      const deviation = k + 2 < sizes.length ? Math.sqrt(2 / inputs) : Math.sqrt(2 / (inputs + outputs));
      this.#parameters.push(Float32Array.from({ length: inputs * outputs }, () => deviation * rng.normal()), new Float32Array(outputs));
    }
    const zeros = (): Float32Array[] => this.#parameters.map((p) => new Float32Array(p.length));
    [this.#gradients, this.#first, this.#second] = [zeros(), zeros(), zeros()];
  }

  /** @returns a copy of the weights as they are. */
  layers(): Member {
    return this.#sizes.slice(1).map((outputs, k): Dense => ({
      inputs: this.#sizes[k]!, outputs, weights: this.#parameters[2 * k]!.slice(), bias: this.#parameters[2 * k + 1]!.slice(),
    }));
  }

  /** @returns the weighted mean pinball loss; `x` and `y` standardised. */
  loss(x: Float32Array, y: Float32Array, weights: Float32Array): number {
    const raw = tf.tidy(() => this.#forward(x, y.length).at(-1)!.sums.dataSync()) as Float32Array;
    let sum = 0;
    let total = 0;
    for (let i = 0; i < y.length; i++) {
      const m = raw[3 * i]!;
      const quantiles = [m - softplus(raw[3 * i + 1]!), m, m + softplus(raw[3 * i + 2]!)];
      for (let k = 0; k < 3; k++) {
        const error = y[i]! - quantiles[k]!;
        sum += weights[i]! * Math.max(taus[k]! * error, (taus[k]! - 1) * error);
      }
      total += weights[i]!;
    }
    return sum / (3 * total);
  }

  /** One step of AdamW on a batch. */
  learn(x: Float32Array, y: Float32Array, weights: Float32Array, rate: number, decay: number): void {
    tf.tidy(() => this.#backward(x, y, weights));
    this.#steps++;
    const c1 = 1 - beta1 ** this.#steps;
    const c2 = 1 - beta2 ** this.#steps;
    this.#parameters.forEach((p, k) => {
      const [g, m, v] = [this.#gradients[k]!, this.#first[k]!, this.#second[k]!];
      const shrink = k % 2 === 0 ? 1 - rate * decay : 1; // biases are left alone
      for (let i = 0; i < p.length; i++) {
        m[i] = beta1 * m[i]! + (1 - beta1) * g[i]!;
        v[i] = beta2 * v[i]! + (1 - beta2) * g[i]! * g[i]!;
        p[i] = p[i]! * shrink - (rate * (m[i]! / c1)) / (Math.sqrt(v[i]! / c2) + epsilon);
      }
    });
  }

  /** Every layer's input, weights, sums and (below the head) sigmoid of the sums. Call inside `tf.tidy`. */
  #forward(x: Float32Array, rows: number): { input: Tensor2D; weights: Tensor2D; sums: Tensor2D; gate: Tensor2D | null }[] {
    let input = tf.tensor2d(x, [rows, this.#sizes[0]!]);
    return this.#sizes.slice(1).map((outputs, k) => {
      const weights = tf.tensor2d(this.#parameters[2 * k]!, [this.#sizes[k]!, outputs]);
      const sums = tf.fused.matMul({ a: input, b: weights, bias: tf.tensor1d(this.#parameters[2 * k + 1]!) }) as Tensor2D;
      const gate = k + 2 < this.#sizes.length ? (tf.sigmoid(sums) as Tensor2D) : null;
      const layer = { input, weights, sums, gate };
      if (gate) input = tf.mul(sums, gate);
      return layer;
    });
  }

  #backward(x: Float32Array, y: Float32Array, weights: Float32Array): void {
    // Transposed first: matMul with a transposed operand leaves XNNPACK for a loop four times as slow.
    const layers = this.#forward(x, y.length);
    const raw = layers.at(-1)!.sums.dataSync() as Float32Array;
    let upper = tf.tensor2d(lossGradient(raw, y, weights), [y.length, 3]);
    for (let k = layers.length - 1; k >= 0; k--) {
      const layer = layers[k]!;
      this.#gradients[2 * k] = tf.matMul(tf.transpose(layer.input), upper).dataSync() as Float32Array;
      this.#gradients[2 * k + 1] = tf.sum(upper, 0).dataSync() as Float32Array;
      if (k === 0) break;
      // swish'(z) = s + h·(1 − s) with s = σ(z), h = z·s, which is this layer's input
      const { gate } = layers[k - 1]!;
      const slope = tf.add(gate!, tf.mul(layer.input, tf.sub(1, gate!)));
      upper = tf.mul(tf.matMul(upper, tf.transpose(layer.weights)), slope);
    }
  }
}

/** Gradient of the weighted mean pinball loss by the raw outputs m, a, b. */
function lossGradient(raw: Float32Array, y: Float32Array, weights: Float32Array): Float32Array {
  const gradient = new Float32Array(raw.length);
  let total = 0;
  for (let i = 0; i < y.length; i++) total += weights[i]!;
  for (let i = 0; i < y.length; i++) {
    const [m, a, b] = [raw[3 * i]!, raw[3 * i + 1]!, raw[3 * i + 2]!];
    const unit = weights[i]! / (3 * total);
    const slope = (quantile: number, tau: number): number => (y[i]! >= quantile ? -tau : 1 - tau) * unit;
    const low = slope(m - softplus(a), taus[0]);
    const high = slope(m + softplus(b), taus[2]);
    gradient[3 * i] = low + slope(m, taus[1]) + high;
    gradient[3 * i + 1] = -low / (1 + Math.exp(-a));
    gradient[3 * i + 2] = high / (1 + Math.exp(-b));
  }
  return gradient;
}
