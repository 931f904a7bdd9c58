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
    const to = buffers[k]!;
    multiply(member[k]!, from, to);
    if (k < member.length - 1) for (let o = 0; o < to.length; o++) to[o] = to[o]! / (1 + Math.exp(-to[o]!));
    from = to;
  }
  return from;
}

/** The places of the values that are not 0: most of the 0/1 features are. Shared by all calls, none of which outlives its own. */
const places = new Int32Array(4096);

/** Writes from · weights + bias to `to`: four columns at a time, so that the sums stay in registers and in double precision. */
function multiply({ inputs, outputs, weights, bias }: Dense, from: Float32Array, to: Float32Array): void {
  let n = 0;
  for (let i = 0; i < inputs; i++) if (from[i] !== 0) places[n++] = i;
  let o = 0;
  for (; o + 3 < outputs; o += 4) {
    let a = bias[o]!;
    let b = bias[o + 1]!;
    let c = bias[o + 2]!;
    let d = bias[o + 3]!;
    for (let j = 0; j < n; j++) {
      const i = places[j]!;
      const v = from[i]!;
      const at = i * outputs + o;
      a += v * weights[at]!;
      b += v * weights[at + 1]!;
      c += v * weights[at + 2]!;
      d += v * weights[at + 3]!;
    }
    to[o] = a;
    to[o + 1] = b;
    to[o + 2] = c;
    to[o + 3] = d;
  }
  for (; o < outputs; o++) {
    let a = bias[o]!;
    for (let j = 0; j < n; j++) a += from[places[j]!]! * weights[places[j]! * outputs + o]!;
    to[o] = a;
  }
}
