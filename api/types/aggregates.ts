import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DataKind, ListingStatus } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { Money } from "./money.js";
import { DateTimeScalar } from "./scalars.js";

export enum ListingDimension {
  STATUS = "STATUS",
  DATA_KIND = "DATA_KIND",
  REGION = "REGION",
  PROVIDER = "PROVIDER",
}

export enum TimeUnit {
  HOUR = "HOUR",
  DAY = "DAY",
  WEEK = "WEEK",
  MONTH = "MONTH",
  QUARTER = "QUARTER",
  YEAR = "YEAR",
}

registerEnumType(ListingDimension, {
  name: "ListingDimension",
  description: "What listings can be grouped by.",
  valuesConfig: {
    STATUS: { description: "Where they stand." },
    DATA_KIND: { description: "What their payload is." },
    REGION: { description: "Where they are stored." },
    PROVIDER: { description: "Who offers them; anonymous ones are one group." },
  },
});
registerEnumType(TimeUnit, {
  name: "TimeUnit",
  description: "Length of a time bucket, by the calendar of the time zone.",
  valuesConfig: {
    HOUR: { description: "An hour." },
    DAY: { description: "A day." },
    WEEK: { description: "A week, from Monday." },
    MONTH: { description: "A month." },
    QUARTER: { description: "A quarter of a year." },
    YEAR: { description: "A year." },
  },
});

@InputType("TimeBucket", { description: "Groups by the time of listing." })
export class TimeBucket {
  @Field(() => TimeUnit, { description: "Length of a bucket." }) unit!: TimeUnit;
  @Field(() => String, { defaultValue: "UTC", description: "IANA time zone whose calendar counts, e.g. Europe/Berlin." }) timeZone!: string;
}

@For(asReached)
@ObjectType("PercentileValue", { description: "A percentile of an amount.", simpleResolvers: true })
export class PercentileValue {
  @Field(() => Float, { description: "Which one, 0 to 100." }) percentile!: number;
  @Field(() => Money, { description: "The smallest amount that at least this share of the group does not exceed." }) value!: Money;
}

@For(asReached)
@ObjectType("AmountStatistics", { description: "Statistics of an amount over a group. Only the mean is rounded, down to the smallest unit.", simpleResolvers: true })
export class AmountStatistics {
  @Field(() => Money, { description: "The sum." }) sum!: Money;
  @Field(() => Money, { description: "The mean." }) avg!: Money;
  @Field(() => Money, { description: "The smallest." }) min!: Money;
  @Field(() => Money, { description: "The largest." }) max!: Money;
  @Field(() => Money, { description: "The median: the lower one of two." }) median!: Money;
  @Field(() => [PercentileValue], { description: "The percentiles that were asked for, in that order." }) percentiles!: PercentileValue[];
}

@For(asReached)
@ObjectType("ListingAggregate", { description: "One group of listings. Dimensions that were not grouped by are null.", simpleResolvers: true })
export class ListingAggregate {
  @Field(() => ListingStatus, { nullable: true, description: "Where they stand." }) status!: ListingStatus | null;
  @Field(() => DataKind, { nullable: true, description: "What their payload is." }) dataKind!: DataKind | null;
  @Field(() => Int, { nullable: true, description: "Where they are stored, ISO 3166-1 numeric." }) region!: number | null;
  @Field(() => ID, { nullable: true, description: "Who offers them; null for anonymous ones too." }) provider!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Begin of the time bucket." }) period!: Date | null;
  @Field(() => Int, { description: "How many." }) count!: number;
  @Field(() => Int, { description: "Of how many named providers." }) providers!: number;
  @Field(() => Int, { description: "How often they were bought, together." }) sales!: number;
  @Field(() => AmountStatistics, { description: "The asking prices." }) price!: AmountStatistics;
}

@For(asReached)
@ObjectType("ListingAggregates", { description: "Groups of listings, all of one state of the chain.", simpleResolvers: true })
export class ListingAggregates {
  @Field(() => Int, { description: "The block that all groups are of." }) block!: number;
  @Field(() => [ListingAggregate], { description: "The groups, ordered by their dimensions." }) groups!: ListingAggregate[];
}
