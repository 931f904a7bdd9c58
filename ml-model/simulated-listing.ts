import { bytesPerRecord, depthOf, typicalMix } from "./features.js";
import { codeSystems, deidentificationLevels, kinds, modalities, purposes, type Complete, type Modality, type PriceInput } from "./price-input.js";
import type { Prng } from "./prng.js";

/** A complete input: nothing is missing. */
export type FullPriceInput = Complete<Omit<PriceInput, "market">> & { market: Complete<NonNullable<PriceInput["market"]>> };

/**
 * Who offers, and how many patients: ln-median and ln-spread. All assumption: no published register says how offers of medical
 * data distribute. They reach from one patient's own file to a national register (CPRD holds about 60 million, FACTS.md).
 */
const providers = [
  { weight: 0.25, lnMedian: 0, lnSpread: 0 }, // one person's own records
  { weight: 0.2, lnMedian: Math.log(30), lnSpread: 1.2 }, // a practice
  { weight: 0.3, lnMedian: Math.log(800), lnSpread: 1.4 }, // a hospital department
  { weight: 0.2, lnMedian: Math.log(20_000), lnSpread: 1.5 }, // a hospital
  { weight: 0.05, lnMedian: Math.log(1_000_000), lnSpread: 1.6 }, // a register or biobank
] as const;

/** How often each format is offered. Assumption. */
const kindWeights = [0.26, 0.12, 0.2, 0.18, 0.08, 0.08, 0.08];

/** How often consent covers each purpose, in the order of `purposes`. Assumption. */
const purposeRates = [0.75, 0.65, 0.35, 0.15, 0.3, 0.25, 0.4];

const clamp = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const round = (v: number, digits: number): number => Number(v.toFixed(digits));

/** Draws one listing that could stand on the market, with the market's state around it. */
export function simulateListing(rng: Prng): FullPriceInput {
  const kind = kinds[rng.pick(kindWeights)]!;
  const provider = providers[rng.pick(providers.map((p) => p.weight))]!;
  const patients = clamp(Math.round(Math.exp(provider.lnMedian + provider.lnSpread * rng.normal())), 1, 7e7);
  const depth = Math.max(1, depthOf[kind] * Math.exp(0.9 * rng.normal()));
  const records = Math.max(patients, Math.round(patients * depth));
  const bytes = Math.max(records, Math.round(clamp(records * bytesPerRecord[kind] * Math.exp(0.7 * rng.normal()), 1, 10 * 2 ** 40)));
  const isCoded = kind === "FHIR" || kind === "HL7V2" || kind === "TABULAR" || kind === "MIXED";
  const coverRates = [0.45, 0.6, 0.3, 0.4, 0.35];
  const likeSales = Math.floor(Math.exp(1.6 * rng.normal() + 0.8) * (rng.uniform() < 0.25 ? 0 : 1));
  return {
    kind, patients, records, bytes,
    modalities: mix(kind, rng),
    codeSystems: codeSystems.filter((_, i) => isCoded && rng.uniform() < coverRates[i]!),
    codedShare: round(isCoded ? sigmoid(0.4 + 1.3 * rng.normal()) : 0.1 * rng.uniform(), 3),
    completeness: round(sigmoid(0.9 + 1.1 * rng.normal()), 3),
    // One in six comes from an archive. Assumption.
    recencyDays: Math.round(Math.min(20_000, -Math.log(1 - rng.uniform()) * (rng.uniform() < 0.17 ? 4000 : 540))),
    spanDays: records / patients < 1.5 && rng.uniform() < 0.6 ? 0 : Math.round(clamp(-Math.log(1 - rng.uniform()) * 1300, 0, 20_000)),
    prevalence: clamp(Number((10 ** -(rng.uniform() < 0.7 ? 0.5 + 1.5 * rng.uniform() : 2 + 4 * rng.uniform())).toPrecision(3)), 1e-8, 1),
    linkability: rng.uniform() < 0.45 ? 0 : round(rng.uniform(), 3),
    annotation: rng.uniform() < 0.6 ? 0 : round(rng.uniform(), 3),
    deidentification: deidentificationLevels[rng.pick([0.3, 0.45, 0.25])]!,
    kAnonymity: patients === 1 ? 1 : clamp(Math.round(Math.exp(3 * rng.uniform() ** 1.5 * 2)), 1, patients),
    purposes: purposes.filter((_, i) => rng.uniform() < purposeRates[i]!),
    exclusive: rng.uniform() < 0.08,
    market: {
      likeSales,
      likePremium: likeSales === 0 ? 0 : round(clamp(0.22 * rng.normal() + (0.3 / Math.sqrt(likeSales)) * rng.normal(), -5, 5), 4),
      demand: Math.floor(Math.exp(1.2 + 0.9 * rng.normal())),
      supply: Math.floor(Math.exp(2.2 + 1.1 * rng.normal())),
      commercialShare: round(sigmoid(-0.6 + 1.2 * rng.normal()), 3),
    },
  };
}

/** The format's usual modalities, perturbed; now and then with genomics or waveforms where the format can carry them. */
function mix(kind: PriceInput["kind"], rng: Prng): Partial<Record<Modality, number>> {
  const typical = typicalMix[kind];
  const raw: Partial<Record<Modality, number>> = {};
  for (const m of modalities) {
    const base = typical[m] ?? 0;
    if (base === 1) raw[m] = 1;
    else if (base > 0) raw[m] = base * Math.exp(0.8 * rng.normal());
  }
  if (kind === "TABULAR" || kind === "MIXED" || kind === "FHIR") {
    if (rng.uniform() < 0.14) raw.genomics = rng.uniform();
    if (rng.uniform() < 0.08) raw.waveform = rng.uniform();
  }
  const total = Object.values(raw).reduce((sum, v) => sum + v, 0);
  return Object.fromEntries(Object.entries(raw).map(([m, v]) => [m, Math.floor((v / total) * 1000) / 1000]));
}
