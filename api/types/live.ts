import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { DataKind } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { AuditClaim } from "./audit.js";
import { MarketEventType } from "./chain.js";
import { ListingType } from "./listing.js";
import { OrderType } from "./order.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";
import { ChangeKind, IndexStatus } from "./states.js";

@InputType("LiveEventFilter", { description: "Which entries of the market's feed are told: what an index finds subscribers by. All conditions that are given must hold; each list names what is let through (at most 1000)." })
export class LiveEventFilter {
  @Field(() => [ID], { nullable: true, description: "About one of these listings." }) listingId?: string[] | null;
  @Field(() => [ID], { nullable: true, description: "About one of these orders." }) orderId?: string[] | null;
  @Field(() => [ID], { nullable: true, description: "About one of these accounts." }) account?: string[] | null;
  @Field(() => [String], { nullable: true, description: "One of these events of the contract, e.g. Listed." }) name?: string[] | null;
}

@InputType("AuditQueueFilter", { description: "Which listings of the audit queue: by what never changes while they wait. All conditions that are given must hold." })
export class AuditQueueFilter {
  @Field(() => [DataKind], { nullable: true, description: "Of one of these kinds." }) dataKind?: DataKind[] | null;
  @Field(() => [Int], { nullable: true, description: "Stored in one of these regions, ISO 3166-1 numeric." }) region?: number[] | null;
  @Field(() => [ID], { nullable: true, description: "Offered by one of these providers." }) provider?: string[] | null;
}

@For(asReached)
@ObjectType("AuditQueueChange", { description: "A change of the audit queue.", simpleResolvers: true })
export class AuditQueueChange {
  @Field(() => ChangeKind, { description: "How it changed." }) kind!: ChangeKind;
  @Field(() => ID, { description: "The listing that entered, changed or left." }) listingId!: string;
  @Field(() => ListingType, { nullable: true, description: "The listing as it is now; null if a re-org took it off the chain." }) listing!: ListingType | null;
  @Field(() => [AuditClaim], { description: "Who works on it, as of this change." }) claims!: AuditClaim[];
  @Field(() => Int, { description: "Its priority as of this change." }) priority!: number;
  @Field(() => String, { nullable: true, description: "What changed it: the chain's event (Voted …) or the platform's change (CLAIMED, RENEWED, RELEASED, EXPIRED, REASSIGNED, ENDED, PRIORITISED); null in the snapshot." }) cause!: string | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Where a re-org caused it: the number of the market's entry that it takes back." }) retracts!: bigint | null;
  @Field(() => String, { description: "Resume after this change with it, also in the middle of the snapshot." }) cursor!: string;
}

@For(asReached)
@ObjectType("DisputeQueueChange", { description: "A change of the queue of disputed orders.", simpleResolvers: true })
export class DisputeQueueChange {
  @Field(() => ChangeKind, { description: "How it changed." }) kind!: ChangeKind;
  @Field(() => ID, { description: "The order that entered, changed or left." }) orderId!: string;
  @Field(() => OrderType, { nullable: true, description: "The order as it is now; null if a re-org took it off the chain." }) order!: OrderType | null;
  @Field(() => String, { nullable: true, description: "The chain's event that changed it; null in the snapshot." }) cause!: string | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Where a re-org caused it: the number of the market's entry that it takes back." }) retracts!: bigint | null;
  @Field(() => String, { description: "Resume after this change with it, also in the middle of the snapshot." }) cursor!: string;
}

@For(asReached)
@ObjectType("ListingChange", { description: "A listing as it is, told once and after each event about it.", simpleResolvers: true })
export class ListingChange {
  @Field(() => ID, { description: "The listing." }) listingId!: string;
  @Field(() => ListingType, { nullable: true, description: "The listing now, or as finalized, as was asked; null while the chain has none." }) listing!: ListingType | null;
  @Field(() => MarketEventType, { nullable: true, description: "What changed it; null in the snapshot. A REVERT names in `reverts` what it takes back." }) event!: MarketEventType | null;
  @Field(() => String, { description: "Resume after this change with it." }) cursor!: string;
}

@For(asReached)
@ObjectType("OrderChange", { description: "An order as it is, told once and after each event about it.", simpleResolvers: true })
export class OrderChange {
  @Field(() => ID, { description: "The order." }) orderId!: string;
  @Field(() => OrderType, { nullable: true, description: "The order now, or as finalized, as was asked; null while the chain has none." }) order!: OrderType | null;
  @Field(() => MarketEventType, { nullable: true, description: "What changed it; null in the snapshot. A REVERT names in `reverts` what it takes back." }) event!: MarketEventType | null;
  @Field(() => String, { description: "Resume after this change with it." }) cursor!: string;
}

@For(asReached)
@ObjectType("ChainHead", { description: "How far the index has followed the chain.", simpleResolvers: true })
export class ChainHead {
  @Field(() => Int, { description: "Number of the newest indexed block." }) number!: number;
  @Field(() => String, { description: "Its hash." }) hash!: string;
  @Field(() => Int, { description: "Up to this block nothing can be taken back." }) finalizedNumber!: number;
  @Field(() => String, { description: "Its hash." }) finalizedHash!: string;
  @Field(() => IndexStatus, { description: "How the index stands towards the chain." }) status!: IndexStatus;
}

@For(asReached)
@ObjectType("AuditStats", { description: "How the audit goes.", simpleResolvers: true })
export class AuditStats {
  @Field(() => Int, { description: "Listings that wait." }) depth!: number;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the one that waits longest was listed; null when none waits." }) oldestListedTime!: Date | null;
  @Field(() => Int, { description: "Claims that hold now." }) claims!: number;
  @Field(() => Int, { description: "Claims of the last 24 hours that ran out without a vote or a release." }) breachedLeases!: number;
  @Field(() => Int, { nullable: true, description: "Of the votes on decided listings, how many per cent were for what was decided; null before the first." }) agreementPercent!: number | null;
}

@For(asReached)
@ObjectType("JobEvent", { description: "An entry of the platform's feed about work: an upload or a grant that went a step, or a job that gave up.", simpleResolvers: true })
export class JobEvent {
  @Field(() => BigIntScalar, { description: "Its number in the platform's feed." }) seq!: bigint;
  @Field(() => String, { description: "Resume after this entry with it." }) cursor!: string;
  @Field(() => DateTimeScalar, { description: "When." }) at!: Date;
  @Field(() => String, { description: "UPLOAD, GRANT, or JOB for one that gave up or was taken up again." }) kind!: string;
  @Field(() => ID, { nullable: true, description: "The upload." }) uploadId!: string | null;
  @Field(() => ID, { nullable: true, description: "The access grant." }) grantId!: string | null;
  @Field(() => ID, { nullable: true, description: "The listing." }) listingId!: string | null;
  @Field(() => ID, { nullable: true, description: "The order." }) orderId!: string | null;
  @Field(() => String, { nullable: true, description: "The status that was reached; of a JOB GIVEN_UP or RETRIED." }) status!: string | null;
  @Field(() => String, { nullable: true, description: "Why it failed, by docs/errors.md." }) errorCode!: string | null;
  @Field(() => String, { nullable: true, description: "Of a JOB: its queue." }) queue!: string | null;
  @Field(() => String, { nullable: true, description: "Of a JOB: its key in the queue." }) jobKey!: string | null;
  @Field(() => Int, { nullable: true, description: "Of a JOB: how often it was tried." }) attempts!: number | null;
}
