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
type FieldName = Exclude<keyof Known, "kind">;

/** What a provider without further knowledge would be assumed to offer. The interval is widened for each of them (calibration.ts). */
const defaults: Record<FieldName, (input: PriceInput) => unknown> = {
  patients: (i) => (i.records === undefined ? 20 : Math.max(1, Math.round(i.records / depthOf[i.kind]))),
  records: (i) => Math.max(1, Math.round((i.patients ?? 20) * depthOf[i.kind])),
  bytes: (i) => Math.round(bytesPerRecord[i.kind] * Math.max(1, i.records ?? (i.patients ?? 20) * depthOf[i.kind])),
  modalities: (i) => typicalMix[i.kind],
  codeSystems: (i) => (i.kind === "FHIR" || i.kind === "HL7V2" ? ["LOINC"] : []),
  codedShare: () => 0.4,
  completeness: () => 0.7,
  recencyDays: () => 365,
  spanDays: () => 730,
  prevalence: () => 0.05,
  linkability: () => 0,
  annotation: () => 0,
  deidentification: () => "SAFE_HARBOR",
  kAnonymity: () => 5,
  purposes: () => ["GENERAL_RESEARCH", "HEALTH_MEDICAL_BIOMEDICAL"],
  exclusive: () => false,
  likeSales: () => 0,
  likePremium: () => 0,
  demand: () => 3,
  supply: () => 10,
  commercialShare: () => 0.3,
};

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

/**
 * Encodes a parsed input as the model's feature vector.
 * @param input - from `parsePriceInput`; ranges are taken for granted here.
 * @returns `features.length` raw (unstandardised) values.
 */
export function encode(input: PriceInput): Encoded {
  const { market, ...profile } = input;
  const given: Record<string, unknown> = { ...profile, ...market };
  const imputed: string[] = [];
  for (const field of Object.keys(defaults) as FieldName[]) {
    if (given[field] !== undefined) continue;
    given[field] = defaults[field](input);
    // No like sale yet is a fact, not a gap: its premium is nil.
    if (!(field === "likePremium" && market?.likeSales === 0)) imputed.push(field);
  }
  const k = given as Known;
  const patients = Math.min(k.patients, k.records);
  const x = Float32Array.from([
    Math.log(patients),
    Math.log(k.records / patients),
    Math.log(Math.max(1, k.bytes / k.records)),
    ...kinds.map((kind) => Number(k.kind === kind)),
    ...modalities.map((m) => k.modalities[m] ?? 0),
    ...codeSystems.map((c) => Number(k.codeSystems.includes(c))),
    k.codedShare,
    k.completeness,
    Math.log1p(k.recencyDays / 30),
    Math.log1p(k.spanDays / 30),
    -Math.log10(k.prevalence),
    k.linkability,
    k.annotation,
    deidentificationLevels.indexOf(k.deidentification),
    Math.log(k.kAnonymity),
    ...purposes.map((p) => Number(k.purposes.includes(p))),
    Number(k.exclusive),
    Math.log1p(k.likeSales),
    (k.likePremium * k.likeSales) / (k.likeSales + 3),
    Math.log1p(k.demand),
    Math.log1p(k.supply),
    k.commercialShare,
  ]);
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
