import { Field, Int, ObjectType } from "type-graphql";
import { DataKind, ListingStatus, Purpose } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";

@For(asReached)
@ObjectType("StatusCount", { description: "How many listings have a status.", simpleResolvers: true })
export class StatusCount {
  @Field(() => ListingStatus, { description: "The status." }) value!: ListingStatus;
  @Field(() => Int, { description: "How many." }) count!: number;
}

@For(asReached)
@ObjectType("DataKindCount", { description: "How many listings are of a kind.", simpleResolvers: true })
export class DataKindCount {
  @Field(() => DataKind, { description: "The kind." }) value!: DataKind;
  @Field(() => Int, { description: "How many." }) count!: number;
}

@For(asReached)
@ObjectType("RegionCount", { description: "How many listings are stored in a region.", simpleResolvers: true })
export class RegionCount {
  @Field(() => Int, { description: "ISO 3166-1 numeric." }) value!: number;
  @Field(() => Int, { description: "How many." }) count!: number;
}

@For(asReached)
@ObjectType("PurposeCount", { description: "How many listings allow a purpose.", simpleResolvers: true })
export class PurposeCount {
  @Field(() => Purpose, { description: "The purpose." }) value!: Purpose;
  @Field(() => Int, { description: "How many." }) count!: number;
}

@For(asReached)
@ObjectType("TextCount", { description: "How many listings have something in their metadata.", simpleResolvers: true })
export class TextCount {
  @Field(() => String, { description: "What." }) value!: string;
  @Field(() => Int, { description: "How many." }) count!: number;
}

@For(asReached)
@ObjectType("ListingFacets", { description: "Counts over all listings that the filter and the search find, on all pages; the most frequent first.", simpleResolvers: true })
export class ListingFacets {
  @Field(() => [StatusCount], { description: "By status." }) status!: StatusCount[];
  @Field(() => [DataKindCount], { description: "By kind." }) dataKind!: DataKindCount[];
  @Field(() => [RegionCount], { description: "By region." }) region!: RegionCount[];
  @Field(() => [PurposeCount], { description: "By purpose; a listing counts for each of its purposes." }) purposes!: PurposeCount[];
  @Field(() => [TextCount], { description: "By format, of those whose metadata is there." }) format!: TextCount[];
  @Field(() => [TextCount], { description: "By kind of data in it, e.g. LABORATORY; a listing counts for each of its kinds. The 50 most frequent." }) modalities!: TextCount[];
  @Field(() => [TextCount], { description: "By condition; a listing counts for each of its most frequent ones. The 50 most frequent." }) conditions!: TextCount[];
}
