import { Field, ID, InputType, Int } from "type-graphql";
import { DataKind, ListingStatus, OrderStatus, Purpose } from "../../schema/market.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";

/** Conditions on single columns, which the filters are made of. */

@InputType("IdFilter", { description: "Conditions on an id or address. All that are given must hold." })
export class IdFilter {
  @Field(() => ID, { nullable: true, description: "Is this one." }) eq?: string | null;
  @Field(() => [ID], { nullable: true, description: "Is one of these (at most 1000)." }) in?: string[] | null;
  @Field(() => Boolean, { nullable: true, description: "Is there not (true), or is there (false)." }) isNull?: boolean | null;
}

@InputType("ListingStatusFilter", { description: "Conditions on a status. All that are given must hold." })
export class ListingStatusFilter {
  @Field(() => ListingStatus, { nullable: true, description: "Is this one." }) eq?: ListingStatus | null;
  @Field(() => [ListingStatus], { nullable: true, description: "Is one of these." }) in?: ListingStatus[] | null;
}

@InputType("OrderStatusFilter", { description: "Conditions on an order's status. All that are given must hold." })
export class OrderStatusFilter {
  @Field(() => OrderStatus, { nullable: true, description: "Is this one." }) eq?: OrderStatus | null;
  @Field(() => [OrderStatus], { nullable: true, description: "Is one of these." }) in?: OrderStatus[] | null;
}

@InputType("DataKindFilter", { description: "Conditions on a kind. All that are given must hold." })
export class DataKindFilter {
  @Field(() => DataKind, { nullable: true, description: "Is this one." }) eq?: DataKind | null;
  @Field(() => [DataKind], { nullable: true, description: "Is one of these." }) in?: DataKind[] | null;
}

@InputType("IntRange", { description: "A range; both ends belong to it." })
export class IntRange {
  @Field(() => Int, { description: "The smallest." }) min!: number;
  @Field(() => Int, { description: "The largest." }) max!: number;
}

@InputType("IntFilter", { description: "Conditions on a whole number. All that are given must hold." })
export class IntFilter {
  @Field(() => Int, { nullable: true, description: "Is this one." }) eq?: number | null;
  @Field(() => [Int], { nullable: true, description: "Is one of these (at most 1000)." }) in?: number[] | null;
  @Field(() => Int, { nullable: true, description: "Is less than this." }) lt?: number | null;
  @Field(() => Int, { nullable: true, description: "Is at most this." }) lte?: number | null;
  @Field(() => Int, { nullable: true, description: "Is more than this." }) gt?: number | null;
  @Field(() => Int, { nullable: true, description: "Is at least this." }) gte?: number | null;
  @Field(() => IntRange, { nullable: true, description: "Lies in this range." }) between?: IntRange | null;
  @Field(() => Boolean, { nullable: true, description: "Is there not (true), or is there (false)." }) isNull?: boolean | null;
}

@InputType("BigIntRange", { description: "A range; both ends belong to it." })
export class BigIntRange {
  @Field(() => BigIntScalar, { description: "The smallest." }) min!: bigint;
  @Field(() => BigIntScalar, { description: "The largest." }) max!: bigint;
}

@InputType("AmountFilter", { description: "Conditions on an amount in the token's smallest unit. All that are given must hold." })
export class AmountFilter {
  @Field(() => BigIntScalar, { nullable: true, description: "Is this one." }) eq?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is less than this." }) lt?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is at most this." }) lte?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is more than this." }) gt?: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Is at least this." }) gte?: bigint | null;
  @Field(() => BigIntRange, { nullable: true, description: "Lies in this range." }) between?: BigIntRange | null;
  @Field(() => Boolean, { nullable: true, description: "Is there not (true), or is there (false)." }) isNull?: boolean | null;
}

@InputType("TimeRange", { description: "A range of time; both ends belong to it." })
export class TimeRange {
  @Field(() => DateTimeScalar, { description: "The earliest." }) min!: Date;
  @Field(() => DateTimeScalar, { description: "The latest." }) max!: Date;
}

@InputType("TimeFilter", { description: "Conditions on a time. All that are given must hold." })
export class TimeFilter {
  @Field(() => DateTimeScalar, { nullable: true, description: "Is before this." }) lt?: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Is not after this." }) lte?: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Is after this." }) gt?: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Is not before this." }) gte?: Date | null;
  @Field(() => TimeRange, { nullable: true, description: "Lies in this range." }) between?: TimeRange | null;
  @Field(() => Boolean, { nullable: true, description: "Is there not (true), or is there (false)." }) isNull?: boolean | null;
}

@InputType("TextFilter", { description: "Conditions on a text. All that are given must hold." })
export class TextFilter {
  @Field(() => String, { nullable: true, description: "Is this one." }) eq?: string | null;
  @Field(() => [String], { nullable: true, description: "Is one of these (at most 1000)." }) in?: string[] | null;
  @Field(() => String, { nullable: true, description: "Has this in it, in upper or lower case." }) contains?: string | null;
  @Field(() => String, { nullable: true, description: "Begins with this, in upper or lower case." }) startsWith?: string | null;
  @Field(() => Boolean, { nullable: true, description: "Is there not (true), or is there (false)." }) isNull?: boolean | null;
}

@InputType("TextListFilter", { description: "Conditions on a list of texts. All that are given must hold." })
export class TextListFilter {
  @Field(() => String, { nullable: true, description: "This one is among them." }) has?: string | null;
  @Field(() => [String], { nullable: true, description: "All of these are among them." }) hasAll?: string[] | null;
  @Field(() => [String], { nullable: true, description: "One of these at least is among them." }) hasAny?: string[] | null;
}

@InputType("PurposesFilter", { description: "Conditions on the purposes that are consented to. All that are given must hold." })
export class PurposesFilter {
  @Field(() => Purpose, { nullable: true, description: "This one is among them." }) has?: Purpose | null;
  @Field(() => [Purpose], { nullable: true, description: "All of these are among them." }) hasAll?: Purpose[] | null;
  @Field(() => [Purpose], { nullable: true, description: "One of these at least is among them." }) hasAny?: Purpose[] | null;
}
