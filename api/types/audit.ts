import { Field, ID, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { ListingType } from "./listing.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";

@For(asReached)
@ObjectType("AuditClaim", { description: "An auditor's hold of one slot of a pending listing. It ends at its time unless it is renewed.", simpleResolvers: true })
export class AuditClaim {
  @Field(() => ID, { description: "The listing." }) listingId!: string;
  @Field(() => Int, { description: "Which of its slots, from 0 to the chain's quorum less one." }) slot!: number;
  @Field(() => ID, { description: "Who holds it." }) auditor!: string;
  @Field(() => BigIntScalar, { description: "Fencing token: grows with each claim of the listing. Key release and votes through the API ask for it." }) token!: bigint;
  @Field(() => DateTimeScalar, { description: "Since when." }) claimedAt!: Date;
  @Field(() => DateTimeScalar, { description: "Until when, by the platform's clock." }) expiresAt!: Date;
}

@For(asReached)
@ObjectType("AuditQueueEntry", { description: "A listing that waits for the auditors.", simpleResolvers: true })
export class AuditQueueEntry {
  @Field(() => ListingType, { description: "The listing." }) listing!: ListingType;
  @Field(() => BigIntScalar, { description: "Seconds that it has been waiting, by the index's newest block." }) waitingSeconds!: bigint;
  @Field(() => Int, { description: "0 to 9; each is worth an hour of waiting in the queue's order." }) priority!: number;
  @Field(() => [AuditClaim], { description: "Who works on it now." }) claims!: AuditClaim[];
}
