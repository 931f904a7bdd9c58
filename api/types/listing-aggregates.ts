import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DataKind, ListingStatus, ParticipantKind, Purpose } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { AggregateArgs } from "./aggregate-args.js";
import { AggregateGroup, AggregatesAnswer, AmountStatistics, MeasureBounds } from "./aggregates.js";
import { ListingFilter } from "./listing-filter.js";
import { SortDirection } from "./states.js";

export enum ListingDimension {
  STATUS = "STATUS",
  DATA_KIND = "DATA_KIND",
  REGION = "REGION",
  PROVIDER = "PROVIDER",
  PROVIDER_KIND = "PROVIDER_KIND",
  PURPOSE = "PURPOSE",
  MODALITY = "MODALITY",
}

export enum ListingMeasure {
  COUNT = "COUNT",
  PROVIDERS = "PROVIDERS",
  SALES_SUM = "SALES_SUM",
  PRICE_SUM = "PRICE_SUM",
  PRICE_AVG = "PRICE_AVG",
  PRICE_MIN = "PRICE_MIN",
  PRICE_MAX = "PRICE_MAX",
  PRICE_MEDIAN = "PRICE_MEDIAN",
}

registerEnumType(ListingDimension, {
  name: "ListingDimension",
  description: "What listings can be grouped by.",
  valuesConfig: {
    STATUS: { description: "Where they stand." },
    DATA_KIND: { description: "What their payload is." },
    REGION: { description: "Where they are stored." },
    PROVIDER: { description: "Who offers them; anonymous ones are one group." },
    PROVIDER_KIND: { description: "What kind of institution offers them; anonymous ones are one group." },
    PURPOSE: { description: "Purposes consented to: a listing counts in each of its own." },
    MODALITY: { description: "Modalities that their metadata names: a listing counts in each of its own; without any, in the group of null." },
  },
});
registerEnumType(ListingMeasure, {
  name: "ListingMeasure",
  description: "What groups of listings can be chosen and sorted by.",
  valuesConfig: {
    COUNT: { description: "How many." },
    PROVIDERS: { description: "Of how many named providers." },
    SALES_SUM: { description: "How often they were bought, together." },
    PRICE_SUM: { description: "Sum of the asking prices." },
    PRICE_AVG: { description: "Mean of the asking prices." },
    PRICE_MIN: { description: "The smallest asking price." },
    PRICE_MAX: { description: "The largest asking price." },
    PRICE_MEDIAN: { description: "Median of the asking prices." },
  },
});

@InputType("ListingGroupCondition", { description: "Which groups of listings. All conditions that are given must hold." })
export class ListingGroupCondition extends MeasureBounds {
  @Field(() => ListingMeasure, { description: "The measure; amounts in the smallest unit." }) measure!: ListingMeasure;
}

@InputType("ListingGroupOrder", { description: "A key to sort groups by; ties are sorted by their dimensions." })
export class ListingGroupOrder {
  @Field(() => ListingMeasure, { description: "What to sort by." }) measure!: ListingMeasure;
  @Field(() => SortDirection, { defaultValue: SortDirection.DESC, description: "Which way." }) direction!: SortDirection;
}

@ArgsType()
export class ListingAggregatesArgs extends AggregateArgs {
  @Field(() => ListingFilter, { nullable: true, description: "Which listings; all if left out." }) where?: ListingFilter | null;
  @Field(() => [ListingDimension], { nullable: true, description: "Dimensions; one group of all if left out." }) groupBy?: ListingDimension[] | null;
  @Field(() => [ListingGroupCondition], { nullable: true, description: "Which groups; all if left out." }) having?: ListingGroupCondition[] | null;
  @Field(() => [ListingGroupOrder], { nullable: true, description: "Sort keys, the first one first; the dimensions if left out." }) orderBy?: ListingGroupOrder[] | null;
}

@For(asReached)
@ObjectType("ListingAggregate", { description: "One group of listings. Dimensions that were not grouped by are null.", simpleResolvers: true })
export class ListingAggregate extends AggregateGroup {
  @Field(() => ListingStatus, { nullable: true, description: "Where they stand." }) status!: ListingStatus | null;
  @Field(() => DataKind, { nullable: true, description: "What their payload is." }) dataKind!: DataKind | null;
  @Field(() => Int, { nullable: true, description: "Where they are stored, ISO 3166-1 numeric." }) region!: number | null;
  @Field(() => ID, { nullable: true, description: "Who offers them; null for anonymous ones too." }) provider!: string | null;
  @Field(() => ParticipantKind, { nullable: true, description: "What kind of institution offers them; null for anonymous ones too." }) providerKind!: ParticipantKind | null;
  @Field(() => Purpose, { nullable: true, description: "A purpose that they consent to." }) purpose!: Purpose | null;
  @Field(() => String, { nullable: true, description: "A modality that their metadata names." }) modality!: string | null;
  @Field(() => Int, { description: "Of how many named providers." }) providers!: number;
  @Field(() => Int, { description: "How often they were bought, together." }) sales!: number;
  @Field(() => AmountStatistics, { description: "The asking prices." }) price!: AmountStatistics;
  @Field(() => AmountStatistics, { description: "What the price model held for their median price." }) predicted!: AmountStatistics;
}

@For(asReached)
@ObjectType("ListingAggregates", { description: "Groups of listings, all of one state of the chain.", simpleResolvers: true })
export class ListingAggregates extends AggregatesAnswer {
  @Field(() => [ListingAggregate], { description: "The groups, ordered by their dimensions unless asked otherwise." }) groups!: ListingAggregate[];
}
