import { Field, ID, ObjectType } from "type-graphql";
import { Changing } from "../citations/changing.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { BlockRef } from "./chain.js";
import { BigIntScalar, JsonScalar } from "./scalars.js";

@For(asReached)
@ObjectType("ProvenanceStep", { description: "One step of a listing's way, from its publication to the payout, as the chain tells it.", simpleResolvers: true })
export class ProvenanceStep {
  @Changing("the feed also numbers what was taken back") @Field(() => BigIntScalar, { description: "Number of the feed's entry." }) seq!: bigint;
  @Field(() => String, { description: "What happened: the contract's event, e.g. Listed, Voted, Purchased, Delivered, Settled." }) name!: string;
  @Field(() => ID, { nullable: true, description: "Who did it, or whom it is about." }) account!: string | null;
  @Field(() => ID, { nullable: true, description: "The order it belongs to." }) orderId!: string | null;
  @Field(() => BlockRef, { description: "When." }) block!: BlockRef;
  @Field(() => String, { description: "The transaction." }) transactionHash!: string;
  @Field(() => JsonScalar, { description: "The event's arguments by name." }) payload!: unknown;
}
