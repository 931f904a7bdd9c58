import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Changing } from "../citations/changing.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { Money } from "./money.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";

export enum TimeUnit {
  HOUR = "HOUR",
  DAY = "DAY",
  WEEK = "WEEK",
  MONTH = "MONTH",
  QUARTER = "QUARTER",
  YEAR = "YEAR",
}

export enum AggregateEngine {
  DUCKDB = "DUCKDB",
  POSTGRES = "POSTGRES",
}

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
registerEnumType(AggregateEngine, {
  name: "AggregateEngine",
  description: "What computed an answer. Both give the same one.",
  valuesConfig: {
    DUCKDB: { description: "The embedded columnar engine." },
    POSTGRES: { description: "The database itself." },
  },
});

@InputType("TimeBucket", { description: "Groups by time as well." })
export class TimeBucket {
  @Field(() => TimeUnit, { description: "Length of a bucket." }) unit!: TimeUnit;
  @Field(() => String, { defaultValue: "UTC", description: "IANA time zone whose calendar counts, e.g. Europe/Berlin." }) timeZone!: string;
}

@InputType("HistogramInput", { description: "Bars of equal width, with one more below the first and one above the last." })
export class HistogramInput {
  @Field(() => BigIntScalar, { defaultValue: 0n, description: "Where the first bar begins, in the smallest unit." }) from!: bigint;
  @Field(() => BigIntScalar, { description: "Width of a bar, in the smallest unit; 1 or more." }) width!: bigint;
  @Field(() => Int, { description: "How many bars: 1 to 100." }) buckets!: number;
}

/** Conditions on one measure. All that are given must hold. */
@InputType({ description: "Conditions on a measure of a group." })
export abstract class MeasureBounds {
  @Field(() => BigIntScalar, { nullable: true, description: "Is this." }) eq?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is less than this." }) lt?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is at most this." }) lte?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is more than this." }) gt?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is at least this." }) gte?: bigint | null;
}

@For(asReached)
@ObjectType("PercentileValue", { description: "A percentile of an amount.", simpleResolvers: true })
export class PercentileValue {
  @Field(() => Float, { description: "Which one, 0 to 100." }) percentile!: number;
  @Field(() => Money, { description: "The smallest amount that at least this share of the group does not exceed." }) value!: Money;
}

@For(asReached)
@ObjectType("HistogramBar", { description: "A bar of a histogram.", simpleResolvers: true })
export class HistogramBar {
  @Field(() => BigIntScalar, { nullable: true, description: "The smallest value in it; null below the first bar." }) from!: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "The first value above it; null above the last bar." }) to!: bigint | null;
  @Field(() => Int, { description: "How many of the group lie in it." }) count!: number;
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
  @Field(() => [HistogramBar], { description: "The histogram that was asked for; empty without one." }) histogram!: HistogramBar[];
}

@For(asReached)
@ObjectType("NumberPercentile", { description: "A percentile of a number.", simpleResolvers: true })
export class NumberPercentile {
  @Field(() => Float, { description: "Which one, 0 to 100." }) percentile!: number;
  @Field(() => BigIntScalar, { description: "The smallest number that at least this share of the group does not exceed." }) value!: bigint;
}

@For(asReached)
@ObjectType("NumberStatistics", { description: "Statistics of a whole number over a group. Only the mean is rounded, down.", simpleResolvers: true })
export class NumberStatistics {
  @Field(() => BigIntScalar, { description: "The sum." }) sum!: bigint;
  @Field(() => BigIntScalar, { description: "The mean." }) avg!: bigint;
  @Field(() => BigIntScalar, { description: "The smallest." }) min!: bigint;
  @Field(() => BigIntScalar, { description: "The largest." }) max!: bigint;
  @Field(() => BigIntScalar, { description: "The median: the lower one of two." }) median!: bigint;
  @Field(() => [NumberPercentile], { description: "The percentiles that were asked for, in that order." }) percentiles!: NumberPercentile[];
  @Field(() => [HistogramBar], { description: "The histogram that was asked for; empty without one." }) histogram!: HistogramBar[];
}

const told = "it tells how the answer was computed this time";

/** What every answer about groups says of itself. */
@ObjectType({ simpleResolvers: true })
export abstract class AggregatesAnswer {
  @Field(() => Int, { description: "The block that all groups are of." }) block!: number;
  @Changing(told) @Field(() => AggregateEngine, { description: "What computed them." }) engine!: AggregateEngine;
  @Changing(told) @Field(() => String, { nullable: true, description: "Why it was not the columnar engine; null where it was." }) engineNote!: string | null;
  @Changing(told) @Field(() => Boolean, { description: "Whether the answer was remembered from the same question about the same state, rather than computed again." }) cached!: boolean;
}

/** What every group has. */
@ObjectType({ simpleResolvers: true })
export abstract class AggregateGroup {
  @Field(() => DateTimeScalar, { nullable: true, description: "Begin of the time bucket." }) period!: Date | null;
  @Field(() => Int, { description: "How many." }) count!: number;
}
