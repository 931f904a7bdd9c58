import { Field, ID, InputType, Int } from "type-graphql";
import { DataKind, ListingStatus, Purpose } from "../../schema/market.js";
import { BigIntScalar } from "./scalars.js";
import { ListingOrderField, SortDirection } from "./states.js";

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

@InputType("DataKindFilter", { description: "Conditions on a kind. All that are given must hold." })
export class DataKindFilter {
  @Field(() => DataKind, { nullable: true, description: "Is this one." }) eq?: DataKind | null;
  @Field(() => [DataKind], { nullable: true, description: "Is one of these." }) in?: DataKind[] | null;
}

@InputType("IntFilter", { description: "Conditions on a whole number. All that are given must hold." })
export class IntFilter {
  @Field(() => Int, { nullable: true, description: "Is this one." }) eq?: number | null;
  @Field(() => [Int], { nullable: true, description: "Is one of these (at most 1000)." }) in?: number[] | null;
  @Field(() => Int, { nullable: true, description: "Is at least this." }) gte?: number | null;
  @Field(() => Int, { nullable: true, description: "Is at most this." }) lte?: number | null;
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
}

@InputType("PurposesFilter", { description: "Conditions on the purposes that are consented to. All that are given must hold." })
export class PurposesFilter {
  @Field(() => Purpose, { nullable: true, description: "This one is among them." }) has?: Purpose | null;
  @Field(() => [Purpose], { nullable: true, description: "All of these are among them." }) hasAll?: Purpose[] | null;
  @Field(() => [Purpose], { nullable: true, description: "One of these at least is among them." }) hasAny?: Purpose[] | null;
}

@InputType("ListingFilter", { description: "Which listings. All conditions that are given must hold; AND, OR and NOT nest." })
export class ListingFilter {
  @Field(() => IdFilter, { nullable: true, description: "The listing's id." }) id?: IdFilter | null;
  @Field(() => ListingStatusFilter, { nullable: true, description: "Where it stands." }) status?: ListingStatusFilter | null;
  @Field(() => DataKindFilter, { nullable: true, description: "What its payload is." }) dataKind?: DataKindFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "Where it is stored, ISO 3166-1 numeric." }) region?: IntFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Who offers it." }) provider?: IdFilter | null;
  @Field(() => AmountFilter, { nullable: true, description: "The asking price." }) price?: AmountFilter | null;
  @Field(() => PurposesFilter, { nullable: true, description: "The purposes of use." }) purposes?: PurposesFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "How often it was bought." }) sales?: IntFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was listed." }) listedBlock?: IntFilter | null;
  @Field(() => Boolean, { nullable: true, description: "Whether it can be bought now." }) tradable?: boolean | null;
  @Field(() => [ListingFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: ListingFilter[] | null;
  @Field(() => [ListingFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: ListingFilter[] | null;
  @Field(() => ListingFilter, { nullable: true, description: "This does not hold." }) NOT?: ListingFilter | null;
}

@InputType("ListingOrder", { description: "A key to sort listings by; ties are broken by the id." })
export class ListingOrder {
  @Field(() => ListingOrderField, { description: "What to sort by." }) field!: ListingOrderField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}
