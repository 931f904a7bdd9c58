import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DataKind, OrderStatus, ParticipantKind, Purpose } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { AggregateArgs } from "./aggregate-args.js";
import { AggregateGroup, AggregatesAnswer, AmountStatistics, MeasureBounds } from "./aggregates.js";
import { OrderFilter } from "./listing-filter.js";
import { SortDirection } from "./states.js";

export enum OrderDimension {
  STATUS = "STATUS",
  PURPOSE = "PURPOSE",
  BUYER = "BUYER",
  BUYER_KIND = "BUYER_KIND",
  DATA_KIND = "DATA_KIND",
  REGION = "REGION",
  PROVIDER = "PROVIDER",
  PROVIDER_KIND = "PROVIDER_KIND",
}

export enum OrderMeasure {
  COUNT = "COUNT",
  BUYERS = "BUYERS",
  LISTINGS = "LISTINGS",
  PROVIDERS = "PROVIDERS",
  PRICE_SUM = "PRICE_SUM",
  PRICE_AVG = "PRICE_AVG",
  PRICE_MIN = "PRICE_MIN",
  PRICE_MAX = "PRICE_MAX",
  PRICE_MEDIAN = "PRICE_MEDIAN",
  FEE_SUM = "FEE_SUM",
}

registerEnumType(OrderDimension, {
  name: "OrderDimension",
  description: "What orders can be grouped by.",
  valuesConfig: {
    STATUS: { description: "Where they stand." },
    PURPOSE: { description: "What they were bought for." },
    BUYER: { description: "Who bought." },
    BUYER_KIND: { description: "What kind of institution bought." },
    DATA_KIND: { description: "What the bought payload is." },
    REGION: { description: "Where it is stored." },
    PROVIDER: { description: "Who sold; anonymous ones are one group." },
    PROVIDER_KIND: { description: "What kind of institution sold; anonymous ones are one group." },
  },
});
registerEnumType(OrderMeasure, {
  name: "OrderMeasure",
  description: "What groups of orders can be chosen and sorted by.",
  valuesConfig: {
    COUNT: { description: "How many." },
    BUYERS: { description: "By how many buyers." },
    LISTINGS: { description: "Of how many listings." },
    PROVIDERS: { description: "Of how many named providers." },
    PRICE_SUM: { description: "Sum of what was paid." },
    PRICE_AVG: { description: "Mean of what was paid." },
    PRICE_MIN: { description: "The least that was paid." },
    PRICE_MAX: { description: "The most that was paid." },
    PRICE_MEDIAN: { description: "Median of what was paid." },
    FEE_SUM: { description: "Sum of the platform's shares in settled ones." },
  },
});

@InputType("OrderGroupCondition", { description: "Which groups of orders. All conditions that are given must hold." })
export class OrderGroupCondition extends MeasureBounds {
  @Field(() => OrderMeasure, { description: "The measure; amounts in the smallest unit." }) measure!: OrderMeasure;
}

@InputType("OrderGroupOrder", { description: "A key to sort groups by; ties are sorted by their dimensions." })
export class OrderGroupOrder {
  @Field(() => OrderMeasure, { description: "What to sort by." }) measure!: OrderMeasure;
  @Field(() => SortDirection, { defaultValue: SortDirection.DESC, description: "Which way." }) direction!: SortDirection;
}

@ArgsType()
export class OrderAggregatesArgs extends AggregateArgs {
  @Field(() => OrderFilter, { nullable: true, description: "Which orders; all if left out." }) where?: OrderFilter | null;
  @Field(() => [OrderDimension], { nullable: true, description: "Dimensions; one group of all if left out." }) groupBy?: OrderDimension[] | null;
  @Field(() => [OrderGroupCondition], { nullable: true, description: "Which groups; all if left out." }) having?: OrderGroupCondition[] | null;
  @Field(() => [OrderGroupOrder], { nullable: true, description: "Sort keys, the first one first; the dimensions if left out." }) orderBy?: OrderGroupOrder[] | null;
}

@For(asReached)
@ObjectType("OrderAggregate", { description: "One group of orders. Dimensions that were not grouped by are null.", simpleResolvers: true })
export class OrderAggregate extends AggregateGroup {
  @Field(() => OrderStatus, { nullable: true, description: "Where they stand." }) status!: OrderStatus | null;
  @Field(() => Purpose, { nullable: true, description: "What they were bought for." }) purpose!: Purpose | null;
  @Field(() => ID, { nullable: true, description: "Who bought." }) buyer!: string | null;
  @Field(() => ParticipantKind, { nullable: true, description: "What kind of institution bought." }) buyerKind!: ParticipantKind | null;
  @Field(() => DataKind, { nullable: true, description: "What the bought payload is." }) dataKind!: DataKind | null;
  @Field(() => Int, { nullable: true, description: "Where it is stored, ISO 3166-1 numeric." }) region!: number | null;
  @Field(() => ID, { nullable: true, description: "Who sold; null for anonymous ones too." }) provider!: string | null;
  @Field(() => ParticipantKind, { nullable: true, description: "What kind of institution sold; null for anonymous ones too." }) providerKind!: ParticipantKind | null;
  @Field(() => Int, { description: "By how many buyers." }) buyers!: number;
  @Field(() => Int, { description: "Of how many listings." }) listings!: number;
  @Field(() => Int, { description: "Of how many named providers." }) providers!: number;
  @Field(() => AmountStatistics, { description: "What was paid." }) price!: AmountStatistics;
  @Field(() => AmountStatistics, { nullable: true, description: "The platform's shares in the settled ones; null where none is." }) fee!: AmountStatistics | null;
}

@For(asReached)
@ObjectType("OrderAggregates", { description: "Groups of orders, all of one state of the chain.", simpleResolvers: true })
export class OrderAggregates extends AggregatesAnswer {
  @Field(() => [OrderAggregate], { description: "The groups, ordered by their dimensions unless asked otherwise." }) groups!: OrderAggregate[];
}
