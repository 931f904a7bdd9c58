import { codeSystems, kinds, modalities, purposes, deidentificationLevels, type Complete, type PriceInput } from "./price-input.js";

/** Raised whenever a feature is added, dropped, reordered or encoded in another way: a model is tied to one version. */
export const featureVersion = 1;

/** One column of the feature vector. */
export interface Feature {
  readonly name: string;
  /** The field of `PriceInput` that it comes from: reasons are told per field. */
  readonly field: string;
  /** 0/1 columns are not standardised. */
  readonly binary: boolean;
}

/** An input of which nothing is missing, with the market's signals beside the profile's fields. */
export type Known = Complete<Omit<PriceInput, "market">> & Complete<NonNullable<PriceInput["market"]>>;

/** Records of one person, by format. Assumption: medians over the sample files of the sources in FACTS.md. */
export const depthOf: Record<PriceInput["kind"], number> = { FHIR: 40, HL7V2: 4, TABULAR: 10, DICOM: 20, NOTE: 6, IMAGE: 3, MIXED: 50 };

/** Bytes of one record, by format. Assumption, as above. */
export const bytesPerRecord: Record<PriceInput["kind"], number> = { FHIR: 1500, HL7V2: 900, TABULAR: 150, DICOM: 400_000, NOTE: 4000, IMAGE: 1_500_000, MIXED: 20_000 };

/** Modalities that a format usually carries. Assumption. */
export const typicalMix: Record<PriceInput["kind"], NonNullable<PriceInput["modalities"]>> = {
  FHIR: { clinical: 0.45, laboratory: 0.3, medication: 0.15, administrative: 0.1 },
  HL7V2: { laboratory: 0.6, administrative: 0.4 },
  TABULAR: { laboratory: 0.6, clinical: 0.4 },
  DICOM: { imaging: 1 },
  NOTE: { note: 1 },
  IMAGE: { imaging: 1 },
  MIXED: { clinical: 0.3, laboratory: 0.2, imaging: 0.2, note: 0.15, medication: 0.15 },
};

const column = (name: string, field: string = name, binary = false): Feature => ({ name, field, binary });

/** The feature vector, in order. Logarithms are natural unless the name says otherwise. */
export const features: readonly Feature[] = [
  column("ln(patients)", "patients"),
  column("ln(records per patient)", "records"),
  column("ln(bytes per record)", "bytes"),
  ...kinds.map((k) => column(`kind=${k}`, "kind", true)),
  ...modalities.map((m) => column(`share of ${m}`, "modalities")),
  ...codeSystems.map((c) => column(`codes=${c}`, "codeSystems", true)),
  column("codedShare"),
  column("completeness"),
  column("ln(1 + recencyDays/30)", "recencyDays"),
  column("ln(1 + spanDays/30)", "spanDays"),
  column("-log10(prevalence)", "prevalence"),
  column("linkability"),
  column("annotation"),
  column("deidentification level", "deidentification"),
  column("ln(kAnonymity)", "kAnonymity"),
  ...purposes.map((p) => column(`purpose=${p}`, "purposes", true)),
  column("exclusive", "exclusive", true),
  column("ln(1 + likeSales)", "likeSales"),
  column("likePremium, shrunk by n/(n+3)", "likePremium"),
  column("ln(1 + demand)", "demand"),
  column("ln(1 + supply)", "supply"),
  column("commercialShare"),
];

/** An encoded input. */
export interface Encoded {
  readonly x: Float32Array;
  /** Fields that were missing, and were filled with a default. */
  readonly imputed: readonly string[];
  /** The input with all its defaults, for the texts of the reasons. */
  readonly known: Known;
}

const nothing: NonNullable<PriceInput["market"]> = {};

/**
 * Fills what is missing with what a provider without further knowledge would be assumed to offer (assumptions; the interval is
 * widened for each of them, calibration.ts), and notes it in `imputed`.
 */
function complete(input: PriceInput, imputed: string[]): Known {
  const { kind, market = nothing } = input;
  const assume = <T>(field: string, value: T): T => {
    imputed.push(field);
    return value;
  };
  const patients = input.patients ?? assume("patients", input.records === undefined ? 20 : Math.max(1, Math.round(input.records / depthOf[kind])));
  const records = input.records ?? assume("records", Math.max(1, Math.round(patients * depthOf[kind])));
  const likeSales = market.likeSales ?? assume("likeSales", 0);
  return {
    kind, patients, records, likeSales,
    bytes: input.bytes ?? assume("bytes", Math.round(bytesPerRecord[kind] * records)),
    modalities: input.modalities ?? assume("modalities", typicalMix[kind]),
    codeSystems: input.codeSystems ?? assume("codeSystems", kind === "FHIR" || kind === "HL7V2" ? ["LOINC" as const] : []),
    codedShare: input.codedShare ?? assume("codedShare", 0.4),
    completeness: input.completeness ?? assume("completeness", 0.7),
    recencyDays: input.recencyDays ?? assume("recencyDays", 365),
    spanDays: input.spanDays ?? assume("spanDays", 730),
    prevalence: input.prevalence ?? assume("prevalence", 0.05),
    linkability: input.linkability ?? assume("linkability", 0),
    annotation: input.annotation ?? assume("annotation", 0),
    deidentification: input.deidentification ?? assume("deidentification", "SAFE_HARBOR" as const),
    kAnonymity: input.kAnonymity ?? assume("kAnonymity", 5),
    purposes: input.purposes ?? assume("purposes", ["GENERAL_RESEARCH" as const, "HEALTH_MEDICAL_BIOMEDICAL" as const]),
    exclusive: input.exclusive ?? assume("exclusive", false),
    // No like sale yet is a fact, not a gap: its premium is nil.
    likePremium: market.likePremium ?? (market.likeSales === 0 ? 0 : assume("likePremium", 0)),
    demand: market.demand ?? assume("demand", 3),
    supply: market.supply ?? assume("supply", 10),
    commercialShare: market.commercialShare ?? assume("commercialShare", 0.3),
  };
}

/**
 * Encodes a parsed input as the model's feature vector.
 * @param input - from `parsePriceInput`; ranges are taken for granted here.
 * @returns `features.length` raw (unstandardised) values.
 */
export function encode(input: PriceInput): Encoded {
  const imputed: string[] = [];
  const k = complete(input, imputed);
  const x = new Float32Array(features.length);
  let at = 0;
  const patients = Math.min(k.patients, k.records);
  x[at++] = Math.log(patients);
  x[at++] = Math.log(k.records / patients);
  x[at++] = Math.log(Math.max(1, k.bytes / k.records));
  for (const kind of kinds) x[at++] = Number(k.kind === kind);
  for (const m of modalities) x[at++] = k.modalities[m] ?? 0;
  for (const c of codeSystems) x[at++] = Number(k.codeSystems.includes(c));
  x[at++] = k.codedShare;
  x[at++] = k.completeness;
  x[at++] = Math.log1p(k.recencyDays / 30);
  x[at++] = Math.log1p(k.spanDays / 30);
  x[at++] = -Math.log10(k.prevalence);
  x[at++] = k.linkability;
  x[at++] = k.annotation;
  x[at++] = deidentificationLevels.indexOf(k.deidentification);
  x[at++] = Math.log(k.kAnonymity);
  for (const p of purposes) x[at++] = Number(k.purposes.includes(p));
  x[at++] = Number(k.exclusive);
  x[at++] = Math.log1p(k.likeSales);
  x[at++] = (k.likePremium * k.likeSales) / (k.likeSales + 3);
  x[at++] = Math.log1p(k.demand);
  x[at++] = Math.log1p(k.supply);
  x[at] = k.commercialShare;
  return { x, imputed, known: k };
}

/** @returns the modality with the largest share: the group that calibration is conditional on. */
export function mainModality(known: Pick<Known, "modalities">): string {
  let best = "none";
  let most = 0;
  for (const m of modalities) {
    const s = known.modalities[m] ?? 0;
    if (s > most) [best, most] = [m, s];
  }
  return best;
}
