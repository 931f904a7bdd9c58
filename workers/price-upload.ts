import { parsePriceInput, type Prediction, type PriceInput } from "../ml-model/predict.js";
import type { DeidentificationReport, Profile } from "../records/index.js";
import { DataKind } from "../schema/market.js";

/** The prediction of the model that serves. */
export type Predict = (input: PriceInput) => Promise<Prediction>;

/** A prediction as `app.upload.prediction` keeps it: amounts as decimal strings in the payment token's smallest unit. */
export interface StoredPrediction {
  p10: string;
  p50: string;
  p90: string;
  typical: string;
  modelHash: string;
  modelVersion: string;
  calibrationId: string;
  imputed: readonly string[];
  thinData: boolean;
  reasons: { feature: string; text: string; effect: string }[];
}

type Modality = keyof NonNullable<PriceInput["modalities"]>;
type CodeSystem = NonNullable<PriceInput["codeSystems"]>[number];

const dayPerYear = 365.25;
const longestDays = 54_750;
const msPerDay = 86_400_000;

const modalityOf: Readonly<Record<string, Modality>> = {
  LABORATORY: "laboratory",
  MEDICATIONS: "medication",
  IMMUNIZATIONS: "medication",
  GENOMICS: "genomics",
  NOTES: "note",
  WAVEFORM: "waveform",
  ENCOUNTERS: "administrative",
  DEMOGRAPHICS: "administrative",
};

const systemMarks: readonly (readonly [RegExp, CodeSystem])[] = [
  [/snomed/i, "SNOMED"],
  [/loinc/i, "LOINC"],
  [/rxnorm/i, "RXNORM"],
  [/icd/i, "ICD"],
];

/**
 * What the price model is asked about an upload. A profile that names no patients, no codes or no dates leaves those fields out: the model then
 * imputes them and widens its interval.
 * @param now - for the age of the data.
 * @param market - what sales of like listings show; unknown if left out.
 */
export function priceInput(profile: Profile, report: Pick<DeidentificationReport, "risk">, dataKind: DataKind, now: Date, market?: PriceInput["market"]): PriceInput {
  const records = Math.max(1, profile.recordCount);
  const { k, smallestClass } = report.risk;
  return parsePriceInput({
    kind: DataKind[dataKind],
    bytes: Math.max(profile.bytes, records),
    records,
    ...(profile.patientCount > 0 ? { patients: Math.min(profile.patientCount, records) } : {}),
    ...(profile.modalities.length > 0 ? { modalities: shares(profile.modalities) } : {}),
    ...(profile.codeSystems.length > 0 ? { codeSystems: [...new Set(profile.codeSystems.map(({ system }) => codeSystem(system)))] } : {}),
    completeness: Math.min(1, Math.max(0, profile.completeness)),
    ...(profile.newestYear === null ? {} : { recencyDays: age(profile.newestYear, now), spanDays: Math.min(longestDays, Math.max(0, profile.spanYears * dayPerYear)) }),
    deidentification: k === null ? "SAFE_HARBOR" : "K_ANONYMOUS",
    ...(smallestClass !== null && smallestClass > 0 ? { kAnonymity: smallestClass } : {}),
    ...(market ? { market } : {}),
  });
}

/** Each kind of content counts the same: the profile does not say how many records carry it. */
function shares(names: readonly string[]): Partial<Record<Modality, number>> {
  const mix: Partial<Record<Modality, number>> = {};
  for (const name of names) {
    const modality = name.startsWith("IMAGING") ? "imaging" : (modalityOf[name] ?? "clinical");
    mix[modality] = Math.min(1, (mix[modality] ?? 0) + 1 / names.length);
  }
  return mix;
}

const codeSystem = (system: string): CodeSystem => systemMarks.find(([mark]) => mark.test(system))?.[1] ?? "OTHER";

/** Days since the middle of a year. */
const age = (year: number, now: Date): number => Math.min(longestDays, Math.max(0, (now.getTime() - Date.UTC(year, 6, 1)) / msPerDay));

export function storePrediction(prediction: Prediction): StoredPrediction {
  const { p10, p50, p90, typical, modelHash, modelVersion, calibrationId, imputed, thinData } = prediction;
  const reasons = prediction.reasons.map(({ feature, text, effect }) => ({ feature, text, effect: effect.toString() }));
  return { p10: `${p10}`, p50: `${p50}`, p90: `${p90}`, typical: `${typical}`, modelHash, modelVersion, calibrationId, imputed, thinData, reasons };
}
