import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { IdFilter, IntFilter, TimeFilter } from "./conditions.js";
import { connectionOf } from "./connection.js";
import { DisputeClaim } from "./dispute.js";
import { ListingFilter, OrderFilter } from "./listing-filter.js";
import { DateTimeScalar } from "./scalars.js";
import { SortDirection } from "./states.js";

export enum DisputeStatus {
  OPEN = "OPEN",
  FOR_BUYER = "FOR_BUYER",
  FOR_PAYEE = "FOR_PAYEE",
}

export enum DisputeSortField {
  OPENED = "OPENED",
  VOTE_UNTIL = "VOTE_UNTIL",
}

registerEnumType(DisputeStatus, {
  name: "DisputeStatus",
  description: "Where a dispute stands.",
  valuesConfig: {
    OPEN: { description: "Auditors vote." },
    FOR_BUYER: { description: "The buyer has the money back." },
    FOR_PAYEE: { description: "The provider is paid: by vote, or as nobody decided in time." },
  },
});
registerEnumType(DisputeSortField, {
  name: "DisputeSortField",
  description: "What disputes can be sorted by.",
  valuesConfig: { OPENED: { description: "The block in which it was opened." }, VOTE_UNTIL: { description: "Until when auditors may vote." } },
});

@For(asReached)
@ObjectType("DisputeVote", { description: "An auditor's vote on a dispute.", simpleResolvers: true })
export class DisputeVoteType {
  @Field(() => ID, { description: "Its place on the chain." }) id!: string;
  @Field(() => ID, { description: "Who voted." }) auditor!: string;
  @Field(() => Boolean, { description: "For the buyer, or for whom is paid." }) forBuyer!: boolean;
  @Field(() => Int, { description: "Code of the reason; 0 for none." }) reason!: number;
  @Field(() => Int, { description: "Number of the vote's block." }) blockNumber!: number;
  @Field(() => DateTimeScalar, { description: "Time of that block." }) blockTime!: Date;
  @Field(() => String, { description: "The vote's transaction." }) transactionHash!: string;
}

@For(asReached)
@ObjectType("Dispute", { description: "The dispute of an order, as the chain has it. An order has one at most.", simpleResolvers: true })
export class DisputeType {
  @Field(() => ID, { description: "The order." }) orderId!: string;
  @Field(() => ID, { description: "What was bought." }) listingId!: string;
  @Field(() => ID, { description: "Who complains." }) buyer!: string;
  @Field(() => DisputeStatus, { description: "Where it stands." }) status!: DisputeStatus;
  @Field(() => DisputeClaim, { description: "What it complains of." }) claim!: DisputeClaim;
  @Field(() => String, { description: "Hash of the chunk that is complained of; zero for NOTHING_OPENS." }) leafHash!: string;
  @Field(() => Int, { description: "Votes for the buyer that were cast." }) votesForBuyer!: number;
  @Field(() => Int, { description: "Votes for whom is paid that were cast." }) votesForPayee!: number;
}

export const DisputeConnection = connectionOf(DisputeType, "Dispute", "disputes");

@InputType("DisputeStatusFilter", { description: "Conditions on a dispute's status. All that are given must hold." })
class DisputeStatusFilter {
  @Field(() => DisputeStatus, { nullable: true, description: "Is this one." }) eq?: DisputeStatus | null;
  @Field(() => [DisputeStatus], { nullable: true, description: "Is one of these." }) in?: DisputeStatus[] | null;
}

@InputType("DisputeFilter", { description: "Which disputes. All conditions that are given must hold; AND, OR and NOT nest." })
export class DisputeFilter {
  @Field(() => IdFilter, { nullable: true, description: "The order." }) orderId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "What was bought." }) listingId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Who complains." }) buyer?: IdFilter | null;
  @Field(() => DisputeStatusFilter, { nullable: true, description: "Where it stands." }) status?: DisputeStatusFilter | null;
  @Field(() => DisputeClaim, { nullable: true, description: "What it complains of." }) claim?: DisputeClaim | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was opened." }) openedBlock?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "When it was opened." }) openedTime?: TimeFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was decided." }) resolvedBlock?: IntFilter | null;
  @Field(() => OrderFilter, { nullable: true, description: "The order is one of these." }) order?: OrderFilter | null;
  @Field(() => ListingFilter, { nullable: true, description: "The listing is one of these." }) listing?: ListingFilter | null;
  @Field(() => [DisputeFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: DisputeFilter[] | null;
  @Field(() => [DisputeFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: DisputeFilter[] | null;
  @Field(() => DisputeFilter, { nullable: true, description: "This does not hold." }) NOT?: DisputeFilter | null;
}

@InputType("DisputeSort", { description: "A key to sort disputes by; ties are broken by the order's id." })
export class DisputeSort {
  @Field(() => DisputeSortField, { description: "What to sort by." }) field!: DisputeSortField;
  @Field(() => SortDirection, { defaultValue: SortDirection.ASC, description: "Which way." }) direction!: SortDirection;
}
