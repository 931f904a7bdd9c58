import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { JsonScalar } from "./scalars.js";

export enum CohortStatus {
  COUNTED = "COUNTED",
  SUPPRESSED = "SUPPRESSED",
  PRESENT = "PRESENT",
  ABSENT = "ABSENT",
  UNANSWERABLE = "UNANSWERABLE",
}

export enum CohortRefusal {
  COMBINATION = "COMBINATION",
  MORE_SPECIFIC = "MORE_SPECIFIC",
  NOT_AMONG_MOST_FREQUENT = "NOT_AMONG_MOST_FREQUENT",
  NOT_IN_PROFILE = "NOT_IN_PROFILE",
  METADATA_MISSING = "METADATA_MISSING",
}

export enum CohortUnit {
  RECORDS = "RECORDS",
  PATIENTS = "PATIENTS",
}

registerEnumType(CohortStatus, {
  name: "CohortStatus",
  description: "What can be said of a cohort.",
  valuesConfig: {
    COUNTED: { description: "There are at least `atLeast`, and fewer than `below`." },
    SUPPRESSED: { description: "There are fewer than five, perhaps none: which, is not told." },
    PRESENT: { description: "There are some; how many is not in the profile." },
    ABSENT: { description: "There are none." },
    UNANSWERABLE: { description: "The profile does not say; `refusal` tells why. Nothing is guessed." },
  },
});
registerEnumType(CohortRefusal, {
  name: "CohortRefusal",
  description: "Why a cohort cannot be counted.",
  valuesConfig: {
    COMBINATION: { description: "The profile counts each thing by itself, not two together." },
    MORE_SPECIFIC: { description: "The profile's codes are less specific: ask for the one that this belongs to." },
    NOT_AMONG_MOST_FREQUENT: { description: "Only the most frequent ones are in the profile, and this is none of them." },
    NOT_IN_PROFILE: { description: "The profile has no such number: the format names none, or it is too small to be told." },
    METADATA_MISSING: { description: "The listing's metadata is not there, or is not what the chain's hash says." },
  },
});
registerEnumType(CohortUnit, {
  name: "CohortUnit",
  description: "What is counted.",
  valuesConfig: { RECORDS: { description: "Records: resources, messages, rows or images." }, PATIENTS: { description: "Patients told apart." } },
});

@InputType("CohortFilter", { description: "Which cohort: one of these. Without any, the whole record set." })
export class CohortFilter {
  @Field(() => String, { nullable: true, description: "Records with this diagnosis: a code as in the metadata's conditions, e.g. E11." }) condition?: string | null;
  @Field(() => String, { nullable: true, description: "Its code system, where a code may be of several." }) conditionSystem?: string | null;
  @Field(() => String, { nullable: true, description: "Records of this type, e.g. Observation or ORU^R01." }) recordType?: string | null;
  @Field(() => String, { nullable: true, description: "Whether there is this kind of data, e.g. LABORATORY or IMAGING:MR." }) modality?: string | null;
  @Field(() => CohortUnit, { nullable: true, description: "What is counted of the whole record set; records if left out." }) unit?: CohortUnit | null;
}

@For(asReached)
@ObjectType("CohortCount", { description: "How many there are, as the published profile tells: in fixed steps (5, 10, 20, 50, 100 …), and never fewer than five.", simpleResolvers: true })
export class CohortCount {
  @Field(() => CohortStatus, { description: "What can be said." }) status!: CohortStatus;
  @Field(() => CohortUnit, { description: "What is counted." }) unit!: CohortUnit;
  @Field(() => Int, { nullable: true, description: "There are at least so many; null unless COUNTED." }) atLeast!: number | null;
  @Field(() => Int, { nullable: true, description: "There are fewer than this; null unless COUNTED or SUPPRESSED." }) below!: number | null;
  @Field(() => CohortRefusal, { nullable: true, description: "Why it cannot be said; null unless UNANSWERABLE." }) refusal!: CohortRefusal | null;
}

@For(asReached)
@ObjectType("SyntheticSample", { description: "Rows that were made up from the published profile: none is a record of anybody, and none was made from one.", simpleResolvers: true })
export class SyntheticSample {
  @Field(() => ID, { description: "The listing whose profile they were made from; they are the same for everybody." }) listingId!: string;
  @Field(() => Boolean, { description: "Always true." }) synthetic!: boolean;
  @Field(() => String, { description: "What they are, for whoever sees them elsewhere." }) notice!: string;
  @Field(() => [JsonScalar], { description: "Objects {synthetic: true, recordType, condition, conditionSystem, modality, year}, null where the profile says nothing; each drawn by itself." }) rows!: unknown[];
}
