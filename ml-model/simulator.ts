import { encode, features } from "./features.js";
import type { Purpose } from "../schema/market.js";
import { createPrng } from "./prng.js";
import { simulateListing, type FullPriceInput } from "./simulated-listing.js";

/** Raised whenever a coefficient changes: it is part of the training data's digest. */
export const simulatorVersion = 1;

/**
 * A generative market. Each segment of buyers has an own willingness to pay for a listing, ln USD, logistic around `centre` with
 * scale `spread`; `bidders` of them look at it (a real number: an expected count), and the highest of all bids is the price. So
 *
 *     P(ln price ≤ y) = Π_segments σ((y − centre) / spread) ^ bidders
 *
 * which has thresholds and kinks where one segment overtakes another, and power-law tails in USD. As the distribution is known
 * exactly, an oracle's quantiles are too: they say how good a model could be at best.
 */
export interface Segment {
  readonly name: string;
  readonly centre: number;
  readonly spread: number;
  readonly bidders: number;
}

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
/** Rises from 0 to 1 around `at`; `width` is a quarter of the rise. */
const threshold = (v: number, at: number, width: number): number => sigmoid((v - at) / width);
/** Follows v, and bends to a fifth of the slope past `at`. */
const cap = (v: number, at: number): number => v - 0.8 * softplus(v - at);
const softplus = (v: number): number => (v > 30 ? v : Math.log1p(Math.exp(v)));
const allows = (input: FullPriceInput, purpose: keyof typeof Purpose): number => Number(input.purposes.includes(purpose));

/** USD for a GBP of 2019, the year of the EY anchor. Source: annual mean rate 1.28. */
export const usdPerGbp = 1.28;

/** ln USD that data of this size and content is worth to somebody who can use all of it. */
function value(input: FullPriceInput): number {
  const lnPatients = Math.log(input.patients);
  const depth = Math.log(input.records / input.patients);
  const mix = input.modalities;
  const genomics = mix.genomics ?? 0;
  const imaging = mix.imaging ?? 0;
  return Math.log(100 * usdPerGbp) - 0.45 // source: EY 2019, ≥ £100 an EHR record; −0.45 (assumption) for one with all else at its default
    // Sublinear in patients. Source: the anchors themselves: £100 for one, CPRD £45k–363k a year for ~60 million; the bend at 1,000 is an assumption.
    + 0.62 * lnPatients - 0.4 * softplus((lnPatients - Math.log(1000)) * 1.2) / 1.2
    + 0.28 * Math.log1p(depth) // assumption: a thicker file is worth more
    + Math.log(10) * threshold(genomics, 0.08, 0.03) + Math.log(3) * genomics // source: EY 2019, £1,000–5,000 with genomics: ×10 for having it, up to ×30
    + 0.5 * imaging + 0.35 * (mix.waveform ?? 0) + 0.2 * (mix.note ?? 0) - 0.6 * (mix.administrative ?? 0) // assumption
    + 1.5 * (threshold(input.completeness, 0.55, 0.09) - 0.8) // assumption: below about half filled, hardly usable
    + 0.5 * (input.codedShare - 0.4) + 0.12 * Math.min(3, input.codeSystems.length) // assumption
    - 0.3 * Math.log1p(input.recencyDays / 180) * (1 - 0.6 * genomics) // assumption: genomes do not age
    + 0.16 * Math.max(0, -Math.log10(input.prevalence) - 2) * (1 + 0.5 * Number(lnPatients > Math.log(30))) // assumption: rare disease from 1 in 100 on, a cohort of it more so
    + [0.1, 0, -0.25][["DIRECT", "SAFE_HARBOR", "K_ANONYMOUS"].indexOf(input.deidentification)]! // assumption: detail that is gone is not paid for
    - 0.07 * Math.log(input.kAnonymity) // assumption
    + 0.7 * Number(input.exclusive); // assumption: no published ratio of exclusive to non-exclusive
}

/** Every buyer segment's view of a listing. All coefficients are assumptions unless they name a source. */
export function segments(input: FullPriceInput): readonly Segment[] {
  const v = value(input);
  const m = input.market;
  const years = input.spanDays / 365;
  const imaging = input.modalities.imaging ?? 0;
  const unstructured = imaging + (input.modalities.note ?? 0);
  const spread = 0.2 + 0.2 * (1 - input.completeness) + 0.05 * Math.exp(-m.likeSales / 4) + 0.05 * Number(input.prevalence < 1e-3);
  const shared = (m.likePremium * m.likeSales) / (m.likeSales + 3) - 0.1 * (Math.log1p(m.supply) - 2.3);
  const interest = 0.6 + m.demand;
  const research = Math.max(allows(input, "GENERAL_RESEARCH"), allows(input, "HEALTH_MEDICAL_BIOMEDICAL"), 0.6 * allows(input, "DISEASE_SPECIFIC"));
  const commercial = allows(input, "COMMERCIAL");
  return [
    // Somebody always makes an offer, at a discount.
    { name: "opportunist", centre: v - 1.1 + shared, spread: spread * 1.3, bidders: 1 },
    // Grants are limited. Source of the cap: UK Biobank £9,000 for 3 years, NHS DARS £1,030 + £320 per dataset-year.
    {
      name: "academic", centre: cap(v - 0.35, Math.log(9000 * usdPerGbp)) + shared, spread,
      bidders: 0.6 * interest * (1 - m.commercialShare) * research,
    },
    // Follows patients over time: linkage and span multiply. Source of the level: Flatiron ≤ $950 a record, an upper bound.
    {
      name: "pharma", centre: v + 0.15 + 1.1 * input.linkability * threshold(years, 3, 0.8) + 0.3 * Math.tanh(years / 6)
        - 1.4 * threshold(0.6, input.completeness, 0.05) + shared,
      spread, bidders: 0.5 * interest * m.commercialShare * commercial,
    },
    // Needs labels and numbers: pictures and texts from about 200 patients on.
    {
      name: "model-maker", centre: v - 0.5 + 1.3 * unstructured * threshold(input.annotation, 0.35, 0.07) * threshold(Math.log(input.patients), Math.log(200), 0.5)
        + 0.2 * allows(input, "METHODS_DEVELOPMENT") + shared,
      spread: spread * 1.15, bidders: 0.5 * interest * m.commercialShare * Math.max(commercial, 0.5 * allows(input, "METHODS_DEVELOPMENT")),
    },
    // Wants what is new and can be read by its own systems.
    {
      name: "care", centre: cap(v - 0.3 + 0.9 * threshold(180, input.recencyDays, 45) + 0.25 * Number(input.kind === "FHIR"), Math.log(120_000)) + shared,
      spread, bidders: 0.4 * interest * (1 - m.commercialShare) * allows(input, "CLINICAL_CARE"),
    },
  ];
}

/** ln P(ln price ≤ y). */
function logCdf(view: readonly Segment[], y: number): number {
  let sum = 0;
  for (const s of view) sum -= s.bidders * softplus(-(y - s.centre) / s.spread);
  return sum;
}

/** @returns the exact `tau` quantile of ln USD (bisection to 1e-6). */
export function quantile(view: readonly Segment[], tau: number): number {
  const target = Math.log(tau);
  const first = view[0]!;
  let low = first.centre - 40 * first.spread;
  let high = Math.max(...view.map((s) => s.centre + (20 + Math.log(s.bidders + 1)) * s.spread));
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (logCdf(view, middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Training rows: features as they come from `encode`, target in ln USD. */
export interface MarketSample {
  readonly rows: number;
  /** rows × features, row by row. */
  readonly x: Float32Array;
  /** ln USD. */
  readonly y: Float64Array;
  readonly inputs: readonly FullPriceInput[];
}

/** Draws `rows` finished sales. Same seed, same rows. */
export function simulateMarket(rows: number, seed: number): MarketSample {
  const rng = createPrng(seed);
  const width = features.length;
  const x = new Float32Array(rows * width);
  const y = new Float64Array(rows);
  const inputs: FullPriceInput[] = [];
  for (let i = 0; i < rows; i++) {
    const input = simulateListing(rng);
    x.set(encode(input).x, i * width);
    y[i] = quantile(segments(input), Math.min(1 - 1e-9, Math.max(1e-9, rng.uniform())));
    inputs.push(input);
  }
  return { rows, x, y, inputs };
}
