import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DataKind, ListingStatus, ParticipantKind } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { AggregateArgs } from "./aggregate-args.js";
import { AggregateGroup, AggregatesAnswer, MeasureBounds, NumberStatistics } from "./aggregates.js";
import { VoteFilter } from "./listing-filter.js";
import { SortDirection } from "./states.js";

export enum AuditDimension {
  APPROVE = "APPROVE",
  REASON = "REASON",
  AUDITOR = "AUDITOR",
  LISTING_STATUS = "LISTING_STATUS",
  DATA_KIND = "DATA_KIND",
  REGION = "REGION",
  PROVIDER_KIND = "PROVIDER_KIND",
}

export enum AuditMeasure {
  COUNT = "COUNT",
  AUDITORS = "AUDITORS",
  LISTINGS = "LISTINGS",
  WAITING_SUM = "WAITING_SUM",
  WAITING_AVG = "WAITING_AVG",
  WAITING_MIN = "WAITING_MIN",
  WAITING_MAX = "WAITING_MAX",
  WAITING_MEDIAN = "WAITING_MEDIAN",
}

registerEnumType(AuditDimension, {
  name: "AuditDimension",
  description: "What auditors' votes can be grouped by.",
  valuesConfig: {
    APPROVE: { description: "For the listing, or against it." },
    REASON: { description: "Code of the reason." },
    AUDITOR: { description: "Who voted." },
    LISTING_STATUS: { description: "Where the listing stands." },
    DATA_KIND: { description: "What the listing's payload is." },
    REGION: { description: "Where it is stored." },
    PROVIDER_KIND: { description: "What kind of institution offers it; anonymous ones are one group." },
  },
});
registerEnumType(AuditMeasure, {
  name: "AuditMeasure",
  description: "What groups of votes can be chosen and sorted by.",
  valuesConfig: {
    COUNT: { description: "How many." },
    AUDITORS: { description: "By how many auditors." },
    LISTINGS: { description: "On how many listings." },
    WAITING_SUM: { description: "Seconds from listing to vote, together." },
    WAITING_AVG: { description: "Mean of the seconds from listing to vote." },
    WAITING_MIN: { description: "The fewest seconds from listing to vote." },
    WAITING_MAX: { description: "The most seconds from listing to vote." },
    WAITING_MEDIAN: { description: "Median of the seconds from listing to vote." },
  },
});

@InputType("AuditGroupCondition", { description: "Which groups of votes. All conditions that are given must hold." })
export class AuditGroupCondition extends MeasureBounds {
  @Field(() => AuditMeasure, { description: "The measure." }) measure!: AuditMeasure;
}

@InputType("AuditGroupOrder", { description: "A key to sort groups by; ties are sorted by their dimensions." })
export class AuditGroupOrder {
  @Field(() => AuditMeasure, { description: "What to sort by." }) measure!: AuditMeasure;
  @Field(() => SortDirection, { defaultValue: SortDirection.DESC, description: "Which way." }) direction!: SortDirection;
}

@ArgsType()
export class AuditAggregatesArgs extends AggregateArgs {
  @Field(() => VoteFilter, { nullable: true, description: "Which votes; all if left out." }) where?: VoteFilter | null;
  @Field(() => [AuditDimension], { nullable: true, description: "Dimensions; one group of all if left out." }) groupBy?: AuditDimension[] | null;
  @Field(() => [AuditGroupCondition], { nullable: true, description: "Which groups; all if left out." }) having?: AuditGroupCondition[] | null;
  @Field(() => [AuditGroupOrder], { nullable: true, description: "Sort keys, the first one first; the dimensions if left out." }) orderBy?: AuditGroupOrder[] | null;
}

@For(asReached)
@ObjectType("AuditAggregate", { description: "One group of auditors' votes. Dimensions that were not grouped by are null.", simpleResolvers: true })
export class AuditAggregate extends AggregateGroup {
  @Field(() => Boolean, { nullable: true, description: "For the listing, or against it." }) approve!: boolean | null;
  @Field(() => Int, { nullable: true, description: "Code of the reason." }) reason!: number | null;
  @Field(() => ID, { nullable: true, description: "Who voted." }) auditor!: string | null;
  @Field(() => ListingStatus, { nullable: true, description: "Where the listing stands." }) listingStatus!: ListingStatus | null;
  @Field(() => DataKind, { nullable: true, description: "What the listing's payload is." }) dataKind!: DataKind | null;
  @Field(() => Int, { nullable: true, description: "Where it is stored, ISO 3166-1 numeric." }) region!: number | null;
  @Field(() => ParticipantKind, { nullable: true, description: "What kind of institution offers it; null for anonymous ones too." }) providerKind!: ParticipantKind | null;
  @Field(() => Int, { description: "By how many auditors." }) auditors!: number;
  @Field(() => Int, { description: "On how many listings." }) listings!: number;
  @Field(() => NumberStatistics, { nullable: true, description: "Seconds from listing to vote." }) waiting!: NumberStatistics | null;
}

@For(asReached)
@ObjectType("AuditAggregates", { description: "Groups of auditors' votes, all of one state of the chain.", simpleResolvers: true })
export class AuditAggregates extends AggregatesAnswer {
  @Field(() => [AuditAggregate], { description: "The groups, ordered by their dimensions unless asked otherwise." }) groups!: AuditAggregate[];
}
