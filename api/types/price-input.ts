import { Field, Float, InputType, Int, registerEnumType } from "type-graphql";
import { codeSystems, deidentificationLevels, type modalities } from "../../ml-model/price-input.js";
import { DataKind, Purpose } from "../../schema/market.js";
import { BigIntScalar } from "./scalars.js";

const toEnum = <const T extends readonly string[]>(names: T): Record<T[number], T[number]> => Object.fromEntries(names.map((name) => [name, name])) as Record<T[number], T[number]>;

const CodeSystem = toEnum(codeSystems);
registerEnumType(CodeSystem, {
  name: "CodeSystem",
  description: "A terminology that makes records comparable.",
  valuesConfig: {
    SNOMED: { description: "SNOMED CT." },
    LOINC: { description: "LOINC." },
    RXNORM: { description: "RxNorm." },
    ICD: { description: "ICD-9 or ICD-10." },
    OTHER: { description: "Any other." },
  },
});
const DeidentificationLevel = toEnum(deidentificationLevels);
registerEnumType(DeidentificationLevel, {
  name: "DeidentificationLevel",
  description: "How far records are de-identified: rising strength, falling detail.",
  valuesConfig: {
    DIRECT: { description: "Direct identifiers are gone." },
    SAFE_HARBOR: { description: "All 18 classes of HIPAA's Safe Harbor are gone." },
    K_ANONYMOUS: { description: "Quasi-identifiers are generalised as well." },
  },
});

const shareFields: Record<(typeof modalities)[number], string> = {
  clinical: "Conditions, procedures, encounters.",
  laboratory: "Laboratory results.",
  medication: "Medication.",
  imaging: "Images.",
  genomics: "Genomic data.",
  note: "Notes in free text.",
  waveform: "Waveforms.",
  administrative: "Administrative data.",
};

@InputType("ModalityShares", { description: "What the records are about: the share of each, 0 to 1; together at most 1." })
export class ModalityShares {
  @Field(() => Float, { nullable: true, description: shareFields.clinical }) clinical?: number | null;
  @Field(() => Float, { nullable: true, description: shareFields.laboratory }) laboratory?: number | null;
  @Field(() => Float, { nullable: true, description: shareFields.medication }) medication?: number | null;
  @Field(() => Float, { nullable: true, description: shareFields.imaging }) imaging?: number | null;
  @Field(() => Float, { nullable: true, description: shareFields.genomics }) genomics?: number | null;
  @Field(() => Float, { nullable: true, description: shareFields.note }) note?: number | null;
  @Field(() => Float, { nullable: true, description: shareFields.waveform }) waveform?: number | null;
  @Field(() => Float, { nullable: true, description: shareFields.administrative }) administrative?: number | null;
}

@InputType("PriceInput", { description: "A data set's profile. Only `kind` must be given; what is missing is assumed, and widens the interval." })
export class PriceInput {
  @Field(() => DataKind, { description: "What the payload is." }) kind!: DataKind;
  @Field(() => BigIntScalar, { nullable: true, description: "Bytes of the de-identified payload." }) bytes?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Resources, messages, rows, instances or documents." }) records?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Distinct persons." }) patients?: bigint | null;
  @Field(() => ModalityShares, { nullable: true, description: "What the records are about." }) modalities?: ModalityShares | null;
  @Field(() => [CodeSystem], { nullable: true, description: "Terminologies in use." }) codeSystems?: (typeof codeSystems)[number][] | null;
  @Field(() => Float, { nullable: true, description: "Share of coded values among those that could be, 0 to 1." }) codedShare?: number | null;
  @Field(() => Float, { nullable: true, description: "Share of the expected fields that are filled, 0 to 1." }) completeness?: number | null;
  @Field(() => Float, { nullable: true, description: "Days since the newest record." }) recencyDays?: number | null;
  @Field(() => Float, { nullable: true, description: "Days from the oldest record to the newest." }) spanDays?: number | null;
  @Field(() => Float, { nullable: true, description: "Prevalence of the rarest condition that the data is about." }) prevalence?: number | null;
  @Field(() => Float, { nullable: true, description: "Share of records that can be joined to others of the same person." }) linkability?: number | null;
  @Field(() => Float, { nullable: true, description: "Share of records with expert labels." }) annotation?: number | null;
  @Field(() => DeidentificationLevel, { nullable: true, description: "How far it is de-identified." }) deidentification?: (typeof deidentificationLevels)[number] | null;
  @Field(() => Int, { nullable: true, description: "Smallest group of persons that share all quasi-identifiers." }) kAnonymity?: number | null;
  @Field(() => [Purpose], { nullable: true, description: "Purposes that the consent covers." }) purposes?: Purpose[] | null;
  @Field(() => Boolean, { nullable: true, description: "Whether it is sold to one buyer only." }) exclusive?: boolean | null;
}
