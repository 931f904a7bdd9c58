import { features, type Encoded } from "./features.js";
import { standardise, type Dense, type Ensemble, type Member } from "./network.js";
import type { PriceModel } from "./model-file.js";
import { reasonText } from "./reason-text.js";

/** Why the price is what it is: one field's part of the difference to a typical listing. */
export interface Reason {
  /** The field of the input, e.g. `spanDays`; `kind` is the format with all that is usual for it. */
  readonly feature: string;
  /** A sentence for providers and buyers: `+1,200 because the records span 9 years`. */
  readonly text: string;
  /** Part of p50 in the payment token's smallest unit; all parts add up to p50 − typical price. */
  readonly effect: bigint;
}

/** Columns that say how much there is, and in which format. */
const sizeFields = new Set(["patients", "records", "bytes", "kind"]);

/** 12-point Gauss–Legendre nodes and weights on [0, 1]: from a typical listing to another it leaves a gap of about 1e-5. */
const quadrature = gaussLegendre(12);

/**
 * Integrated gradients of ln p50 along the straight path from `from` to `to` (raw features).
 * As the path is straight, the first layer's input is linear in it: its product is formed twice, not once a node.
 * @returns one value a feature in ln USD; they add up to the difference of the predictions.
 */
export function integratedGradients(ensemble: Ensemble, from: Float32Array, to: Float32Array): Float64Array {
  const n = from.length;
  const start = new Float32Array(n);
  const end = new Float32Array(n);
  standardise(ensemble, from, start);
  standardise(ensemble, to, end);
  const result = new Float64Array(n);
  for (const member of ensemble.members) {
    const gradient = pathGradient(member, start, end);
    const { outputs, weights } = member[0]!;
    for (let i = 0; i < n; i++) {
      const step = end[i]! - start[i]!;
      if (step === 0) continue;
      let sum = 0;
      for (let o = 0; o < outputs; o++) sum += weights[i * outputs + o]! * gradient[o]!;
      result[i]! += (step * sum * ensemble.targetScale) / ensemble.members.length;
    }
  }
  return result;
}

/** Buffers of one network, made once: small typed arrays cost more to make than to fill. */
interface Scratch {
  readonly base: Float64Array;
  readonly slope: Float64Array;
  readonly total: Float64Array;
  /** Of each hidden layer: its activations h = z·σ(z), their slopes, and the gradient that comes back to it. */
  readonly values: readonly Float64Array[];
  readonly slopes: readonly Float64Array[];
  readonly gradients: readonly Float64Array[];
}
const scratches = new WeakMap<Member, Scratch>();

function scratchOf(member: Member): Scratch {
  let scratch = scratches.get(member);
  if (!scratch) {
    const first = (): Float64Array => new Float64Array(member[0]!.outputs);
    const hidden = (): Float64Array[] => member.slice(0, -1).map((layer) => new Float64Array(layer.outputs));
    scratch = { base: first(), slope: first(), total: first(), values: hidden(), slopes: hidden(), gradients: hidden() };
    scratches.set(member, scratch);
  }
  return scratch;
}

/** The gradient of output m with respect to the first layer's sums, averaged along the path. The result is overwritten by the next call. */
function pathGradient(member: Member, start: Float32Array, end: Float32Array): Float64Array {
  const first = member[0]!;
  const { base, slope, total, values, slopes, gradients } = scratchOf(member);
  base.set(first.bias);
  slope.fill(0);
  total.fill(0);
  for (let i = 0; i < first.inputs; i++) {
    const from = start[i]!;
    const step = end[i]! - from;
    if (from === 0 && step === 0) continue;
    const row = i * first.outputs;
    for (let o = 0; o < first.outputs; o++) {
      const w = first.weights[row + o]!;
      base[o]! += from * w;
      slope[o]! += step * w;
    }
  }
  const last = values.length - 1;
  const head = member[last + 1]!;
  for (const { at, weight } of quadrature) {
    const start0 = values[0]!;
    for (let o = 0; o < start0.length; o++) start0[o] = base[o]! + at * slope[o]!;
    activate(start0, slopes[0]!);
    for (let k = 1; k <= last; k++) {
      forwards(member[k]!, values[k - 1]!, values[k]!);
      activate(values[k]!, slopes[k]!);
    }
    const top = gradients[last]!;
    const topSlope = slopes[last]!;
    for (let i = 0; i < top.length; i++) top[i] = head.weights[i * head.outputs]! * topSlope[i]!;
    for (let k = last - 1; k >= 0; k--) backwards(member[k + 1]!, gradients[k + 1]!, slopes[k]!, gradients[k]!);
    const bottom = gradients[0]!;
    for (let o = 0; o < total.length; o++) total[o]! += weight * bottom[o]!;
  }
  return total;
}

/** Turns sums z into activations z·σ(z) in place, and writes their slopes. */
function activate(values: Float64Array, slopes: Float64Array): void {
  for (let o = 0; o < values.length; o++) {
    const s = 1 / (1 + Math.exp(-values[o]!));
    const h = values[o]! * s;
    values[o] = h;
    slopes[o] = s + h * (1 - s);
  }
}

/** to = from · weights + bias, four columns at a time so that the sums stay in registers. */
function forwards({ inputs, outputs, weights, bias }: Dense, from: Float64Array, to: Float64Array): void {
  let o = 0;
  for (; o + 3 < outputs; o += 4) {
    let a = bias[o]!;
    let b = bias[o + 1]!;
    let c = bias[o + 2]!;
    let d = bias[o + 3]!;
    for (let i = 0; i < inputs; i++) {
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
    for (let i = 0; i < inputs; i++) a += from[i]! * weights[i * outputs + o]!;
    to[o] = a;
  }
}

/** to = (weights · from) ⊙ slopes: a gradient taken back through a layer and the swish below it. */
function backwards({ inputs, outputs, weights }: Dense, from: Float64Array, slopes: Float64Array, to: Float64Array): void {
  for (let i = 0; i < inputs; i++) {
    let a = 0;
    let b = 0;
    const row = i * outputs;
    let o = 0;
    for (; o + 1 < outputs; o += 2) {
      a += weights[row + o]! * from[o]!;
      b += weights[row + o + 1]! * from[o + 1]!;
    }
    if (o < outputs) a += weights[row + o]! * from[o]!;
    to[i] = (a + b) * slopes[i]!;
  }
}

/**
 * Explains a p50. The path has two legs: from the typical listing to one of this size and format that is otherwise usual for it,
 * told as size and format; then to the listing itself, told field by field. So content is valued at the scale of this
 * listing. Within a leg, logarithmic effects become money by the logarithmic mean of its two prices (LMDI), which keeps their sum.
 * @param midOf - ln USD of the p50 of raw features.
 */
export function explain(
  model: PriceModel, { x, known, imputed }: Encoded, midOf: (x: Float32Array) => number,
): { typical: bigint; reasons: Reason[] } {
  const typical = Float32Array.from(model.typical.all);
  const sized = Float32Array.from(model.typical.byKind[known.kind] ?? model.typical.all);
  features.forEach((f, i) => { if (sizeFields.has(f.field)) sized[i] = x[i]!; });
  const prices = [midOf(typical), midOf(sized), midOf(x)].map(Math.exp) as [number, number, number];
  const effects = new Map<string, number>();
  const legs = [
    { from: typical, to: sized, before: prices[0], after: prices[1], name: (field: string) => (sizeFields.has(field) ? field : "kind") },
    { from: sized, to: x, before: prices[1], after: prices[2], name: (field: string) => field },
  ];
  for (const leg of legs) {
    const money = logarithmicMean(leg.before, leg.after);
    integratedGradients(model.ensemble, leg.from, leg.to).forEach((v, i) => {
      const field = leg.name(features[i]!.field);
      effects.set(field, (effects.get(field) ?? 0) + v * money);
    });
  }
  const reasons = [...effects]
    .map(([feature, usd]) => ({ feature, usd, effect: BigInt(Math.round(usd * 1e6)) }))
    .filter((r) => r.effect !== 0n)
    .sort((a, b) => Math.abs(b.usd) - Math.abs(a.usd))
    .map(({ feature, usd, effect }): Reason => ({ feature, text: reasonText(feature, known, usd, imputed.includes(feature)), effect }));
  return { typical: BigInt(Math.round(prices[0] * 1e6)), reasons };
}

function logarithmicMean(a: number, b: number): number {
  const ratio = Math.log(b / a);
  return Math.abs(ratio) < 1e-9 ? a : (b - a) / ratio;
}

/** Nodes by Newton's iteration on the Legendre polynomial. */
function gaussLegendre(n: number): { at: number; weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let derivative = 1;
    for (let step = 0; step < 100; step++) {
      let [p, previous] = [1, 0];
      for (let k = 1; k <= n; k++) [p, previous] = [((2 * k - 1) * x * p - (k - 1) * previous) / k, p];
      derivative = (n * (x * p - previous)) / (x * x - 1);
      const change = p / derivative;
      x -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    return { at: (1 - x) / 2, weight: 1 / ((1 - x * x) * derivative * derivative) };
  });
}
