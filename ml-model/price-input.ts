import { z } from "zod";
import { AppError } from "../schema/errors.js";

/** What a listing's payload is, as names of `schema/market` DataKind. */
export const kinds = ["FHIR", "HL7V2", "TABULAR", "DICOM", "NOTE", "IMAGE", "MIXED"] as const;

/** What the records are about. Shares of the records, each 0…1. */
export const modalities = ["clinical", "laboratory", "medication", "imaging", "genomics", "note", "waveform", "administrative"] as const;
export type Modality = (typeof modalities)[number];

/** Terminologies that make records comparable; anything else counts as OTHER. */
export const codeSystems = ["SNOMED", "LOINC", "RXNORM", "ICD", "OTHER"] as const;

/** Rising strength, falling detail. DIRECT: direct identifiers gone; SAFE_HARBOR: all 18 HIPAA classes; K_ANONYMOUS: generalised as well. */
export const deidentificationLevels = ["DIRECT", "SAFE_HARBOR", "K_ANONYMOUS"] as const;

/** Names of `schema/market` Purpose, in the order of their bits. */
export const purposes = [
  "GENERAL_RESEARCH", "HEALTH_MEDICAL_BIOMEDICAL", "DISEASE_SPECIFIC", "POPULATION_ANCESTRY", "METHODS_DEVELOPMENT", "CLINICAL_CARE", "COMMERCIAL",
] as const;

const share = z.number().min(0).max(1);
const count = (max: number) => z.number().int().min(0).max(max);

/** What the market showed before the listing time. Made by `marketSignals`, so that nothing of the future leaks in. */
const marketSchema = z.strictObject({
  /** Finished sales of like listings in the last 90 days. */
  likeSales: count(1e6).optional(),
  /** Median ln(realised price / predicted p50) of those sales; 0.1 means that they went 10 % above prediction. */
  likePremium: z.number().min(-5).max(5).optional(),
  /** Distinct buyers of like listings in the last 90 days. */
  demand: count(1e6).optional(),
  /** Like listings on offer at listing time. */
  supply: count(1e7).optional(),
  /** Share of enterprises among those buyers, 0…1. */
  commercialShare: share.optional(),
});

/**
 * What the price model is asked about: a data set's profile and the market around it. Plain JSON.
 * `kind` alone must be given; all else is imputed when missing, and the answer says so.
 */
export const priceInputSchema = z.strictObject({
  kind: z.enum(kinds),
  /** Size of the de-identified payload in bytes; at most 10 TiB. */
  bytes: z.number().int().min(1).max(10 * 2 ** 40).optional(),
  /** FHIR resources, HL7 messages, rows, DICOM instances or documents. */
  records: z.number().int().min(1).max(1e12).optional(),
  /** Distinct persons; at most the people alive. */
  patients: z.number().int().min(1).max(8e9).optional(),
  /** Share of the records of each modality; left-out ones are 0, all together at most 1 (rounding aside). */
  modalities: z.partialRecord(z.enum(modalities), share)
    .refine((mix) => Object.values(mix).reduce((sum, s) => sum + s, 0) <= 1.001, "the shares add up to more than 1").optional(),
  /** Terminologies in use. */
  codeSystems: z.array(z.enum(codeSystems)).max(codeSystems.length).optional(),
  /** Share of coded values among those that could be coded. */
  codedShare: share.optional(),
  /** Share of the expected fields that are filled. */
  completeness: share.optional(),
  /** Days from the newest record to the listing; at most 150 years. */
  recencyDays: z.number().min(0).max(54_750).optional(),
  /** Days from the oldest record to the newest; at most 150 years. */
  spanDays: z.number().min(0).max(54_750).optional(),
  /** Prevalence of the rarest condition that the data is about: 1e-4 is one person in ten thousand. */
  prevalence: z.number().min(1e-8).max(1).optional(),
  /** Share of the records that can be joined to others of the same (pseudonymous) person. */
  linkability: share.optional(),
  /** Share of the records with expert labels (reports, segmentations, adjudicated diagnoses). */
  annotation: share.optional(),
  deidentification: z.enum(deidentificationLevels).optional(),
  /** Smallest group of persons that share all quasi-identifiers. */
  kAnonymity: z.number().int().min(1).max(8e9).optional(),
  /** Purposes that the consent covers. */
  purposes: z.array(z.enum(purposes)).max(purposes.length).optional(),
  /** Sold to one buyer only. */
  exclusive: z.boolean().optional(),
  market: marketSchema.optional(),
}).superRefine((input, ctx) => {
  if (input.patients !== undefined && input.records !== undefined && input.patients > input.records) {
    ctx.addIssue({ code: "custom", path: ["patients"], message: "more patients than records" });
  }
  if (input.bytes !== undefined && input.records !== undefined && input.records > input.bytes) {
    ctx.addIssue({ code: "custom", path: ["records"], message: "more records than bytes" });
  }
});

export type PriceInput = z.infer<typeof priceInputSchema>;

/** T with nothing left out. */
export type Complete<T> = { [K in keyof T]-?: Exclude<T[K], undefined> };

/**
 * Parses what came from outside.
 * @throws AppError PRICE_INPUT_INVALID naming the field, e.g. `completeness` or `market.demand`.
 */
export function parsePriceInput(value: unknown): PriceInput {
  const result = priceInputSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const field = [...issue.path, ...(unknown === undefined ? [] : [unknown])].join(".") || "input";
  throw new AppError("PRICE_INPUT_INVALID", `${field}: ${issue.message}`, { details: { field } });
}
