/** One dense layer: out = in · weights + bias. */
export interface Dense {
  readonly inputs: number;
  readonly outputs: number;
  /** inputs × outputs, row by row. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Dense layers with swish between them. The last one has 3 outputs m, a, b: the quantiles m − softplus(a), m, m + softplus(b). */
export type Member = readonly Dense[];

/** Several networks whose quantiles are averaged: each is non-crossing, so their mean is. */
export interface Ensemble {
  /** Standardisation of the inputs: (x − mean) / scale. */
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** The networks predict (y − targetMean) / targetScale. */
  readonly targetMean: number;
  readonly targetScale: number;
  readonly members: readonly Member[];
}

/** The levels of the three quantiles. */
export const taus = [0.1, 0.5, 0.9] as const;

/** Quantiles of the target, in its own unit (ln USD). `low ≤ mid ≤ high` always. */
export interface Quantiles {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

export const softplus = (v: number): number => (v > 30 ? v : Math.log1p(Math.exp(v)));

/**
 * Prepares the forward pass: hand-written, with buffers made once, since tfjs costs milliseconds a row and half a second to load.
 * @returns a function from raw features to quantiles. Not re-entrant, which a single thread cannot notice.
 */
export function createForward(ensemble: Ensemble): (x: Float32Array) => Quantiles {
  const input = new Float32Array(ensemble.mean.length);
  const buffers = ensemble.members.map((member) => member.map((layer) => new Float32Array(layer.outputs)));
  return (x) => {
    standardise(ensemble, x, input);
    let low = 0;
    let mid = 0;
    let high = 0;
    for (let k = 0; k < ensemble.members.length; k++) {
      const out = runMember(ensemble.members[k]!, buffers[k]!, input);
      const m = out[0]!;
      low += m - softplus(out[1]!);
      mid += m;
      high += m + softplus(out[2]!);
    }
    const n = ensemble.members.length;
    const back = (v: number): number => (v / n) * ensemble.targetScale + ensemble.targetMean;
    return { low: back(low), mid: back(mid), high: back(high) };
  };
}

/** Writes (x − mean) / scale to `out`. */
export function standardise(ensemble: Pick<Ensemble, "mean" | "scale">, x: Float32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (x[i]! - ensemble.mean[i]!) / ensemble.scale[i]!;
}

function runMember(member: Member, buffers: readonly Float32Array[], input: Float32Array): Float32Array {
  let from = input;
  for (let k = 0; k < member.length; k++) {
    const { inputs, outputs, weights, bias } = member[k]!;
    const to = buffers[k]!;
    to.set(bias);
    for (let i = 0; i < inputs; i++) {
      const v = from[i]!;
      if (v === 0) continue; // most of the 0/1 features
      const row = i * outputs;
      for (let o = 0; o < outputs; o++) to[o]! += v * weights[row + o]!;
    }
    if (k < member.length - 1) for (let o = 0; o < outputs; o++) to[o] = to[o]! / (1 + Math.exp(-to[o]!));
    from = to;
  }
  return from;
}
