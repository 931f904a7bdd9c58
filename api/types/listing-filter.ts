import { Field, ID, InputType } from "type-graphql";
import { ParticipantKind, Role } from "../../schema/market.js";
import { AmountFilter, DataKindFilter, IdFilter, IntFilter, ListingStatusFilter, OrderStatusFilter, PurposesFilter, TextFilter, TextListFilter, TimeFilter } from "./conditions.js";

/** Filters of listings and of what belongs to them. They name each other, so they stand in one file. */

@InputType("ParticipantFilter", { description: "Which participants. All conditions that are given must hold; AND, OR and NOT nest." })
export class ParticipantFilter {
  @Field(() => IdFilter, { nullable: true, description: "Its address." }) account?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Hash that all accounts of one institution share." }) institution?: IdFilter | null;
  @Field(() => ParticipantKind, { nullable: true, description: "What kind of institution or person." }) kind?: ParticipantKind | null;
  @Field(() => Role, { nullable: true, description: "Has this role, whether it still runs or not." }) role?: Role | null;
  @Field(() => Boolean, { nullable: true, description: "Whether all roles were taken away." }) revoked?: boolean | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it last changed." }) changedBlock?: IntFilter | null;
  @Field(() => ListingListFilter, { nullable: true, description: "What it offers by its name." }) listings?: ListingListFilter | null;
  @Field(() => [ParticipantFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: ParticipantFilter[] | null;
  @Field(() => [ParticipantFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: ParticipantFilter[] | null;
  @Field(() => ParticipantFilter, { nullable: true, description: "This does not hold." }) NOT?: ParticipantFilter | null;
}

@InputType("VoteFilter", { description: "Which votes of auditors. All conditions that are given must hold; AND, OR and NOT nest." })
export class VoteFilter {
  @Field(() => IdFilter, { nullable: true, description: "What was voted on." }) listingId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Who voted." }) auditor?: IdFilter | null;
  @Field(() => Boolean, { nullable: true, description: "For it, or against." }) approve?: boolean | null;
  @Field(() => IntFilter, { nullable: true, description: "Code of the reason." }) reason?: IntFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The vote's block." }) block?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "Time of the vote's block." }) time?: TimeFilter | null;
  @Field(() => ListingFilter, { nullable: true, description: "The listing is one of these." }) listing?: ListingFilter | null;
  @Field(() => ParticipantFilter, { nullable: true, description: "The auditor is one of these." }) participant?: ParticipantFilter | null;
  @Field(() => [VoteFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: VoteFilter[] | null;
  @Field(() => [VoteFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: VoteFilter[] | null;
  @Field(() => VoteFilter, { nullable: true, description: "This does not hold." }) NOT?: VoteFilter | null;
}

@InputType("OrderFilter", { description: "Which orders. All conditions that are given must hold; AND, OR and NOT nest." })
export class OrderFilter {
  @Field(() => IdFilter, { nullable: true, description: "The order's id." }) id?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "What was bought." }) listingId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Who bought it." }) buyer?: IdFilter | null;
  @Field(() => OrderStatusFilter, { nullable: true, description: "Where it stands." }) status?: OrderStatusFilter | null;
  @Field(() => AmountFilter, { nullable: true, description: "What was paid." }) price?: AmountFilter | null;
  @Field(() => PurposesFilter, { nullable: true, description: "What it was bought for." }) purpose?: PurposesFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was bought." }) purchasedBlock?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "When it was bought." }) purchasedTime?: TimeFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was delivered." }) deliveredBlock?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "When it was delivered." }) deliveredTime?: TimeFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was settled or refunded." }) closedBlock?: IntFilter | null;
  @Field(() => ListingFilter, { nullable: true, description: "The listing is one of these." }) listing?: ListingFilter | null;
  @Field(() => ParticipantFilter, { nullable: true, description: "The buyer is one of these." }) participant?: ParticipantFilter | null;
  @Field(() => [OrderFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: OrderFilter[] | null;
  @Field(() => [OrderFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: OrderFilter[] | null;
  @Field(() => OrderFilter, { nullable: true, description: "This does not hold." }) NOT?: OrderFilter | null;
}

@InputType("MetadataFilter", { description: "Conditions on a listing's metadata. They never hold where it is missing." })
export class MetadataFilter {
  @Field(() => TextFilter, { nullable: true, description: "The title." }) title?: TextFilter | null;
  @Field(() => TextFilter, { nullable: true, description: "The format, e.g. FHIR_JSON." }) format?: TextFilter | null;
  @Field(() => TextListFilter, { nullable: true, description: "Kinds of data in it, e.g. LABORATORY or IMAGING:MR." }) modalities?: TextListFilter | null;
  @Field(() => TextListFilter, { nullable: true, description: "Codes of its most frequent conditions, e.g. E11." }) conditions?: TextListFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "Records in it." }) recordCount?: IntFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "Patients in it; none below five." }) patientCount?: IntFilter | null;
}

@InputType("ListingFilter", { description: "Which listings. All conditions that are given must hold; AND, OR and NOT nest." })
export class ListingFilter {
  @Field(() => IdFilter, { nullable: true, description: "The listing's id." }) id?: IdFilter | null;
  @Field(() => ListingStatusFilter, { nullable: true, description: "Where it stands." }) status?: ListingStatusFilter | null;
  @Field(() => DataKindFilter, { nullable: true, description: "What its payload is." }) dataKind?: DataKindFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "Where it is stored, ISO 3166-1 numeric." }) region?: IntFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Who offers it." }) provider?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Who is paid." }) payee?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "The listing that it replaces." }) previousId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Hash of its metadata." }) metadataHash?: IdFilter | null;
  @Field(() => AmountFilter, { nullable: true, description: "The asking price." }) price?: AmountFilter | null;
  @Field(() => AmountFilter, { nullable: true, description: "The median that the price model predicted." }) predictedPrice?: AmountFilter | null;
  @Field(() => PurposesFilter, { nullable: true, description: "The purposes of use." }) purposes?: PurposesFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "Votes for it." }) approvals?: IntFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "Votes against it." }) rejections?: IntFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "How often it was bought." }) sales?: IntFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it was listed." }) listedBlock?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "When it was listed." }) listedTime?: TimeFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The block in which it last changed." }) changedBlock?: IntFilter | null;
  @Field(() => Boolean, { nullable: true, description: "Whether it can be bought, as the field `tradable` tells. In aggregates Postgres answers, since the columnar engine holds the chain alone." }) tradable?: boolean | null;
  @Field(() => MetadataFilter, { nullable: true, description: "Its metadata." }) metadata?: MetadataFilter | null;
  @Field(() => ParticipantFilter, { nullable: true, description: "The provider is one of these; never for an anonymous listing." }) participant?: ParticipantFilter | null;
  @Field(() => OrderListFilter, { nullable: true, description: "The orders of it." }) orders?: OrderListFilter | null;
  @Field(() => VoteListFilter, { nullable: true, description: "The auditors' votes on it." }) votes?: VoteListFilter | null;
  @Field(() => [ListingFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: ListingFilter[] | null;
  @Field(() => [ListingFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: ListingFilter[] | null;
  @Field(() => ListingFilter, { nullable: true, description: "This does not hold." }) NOT?: ListingFilter | null;
}

@InputType("ListingListFilter", { description: "Conditions on a list of listings. All that are given must hold." })
export class ListingListFilter {
  @Field(() => ListingFilter, { nullable: true, description: "One at least is one of these." }) some?: ListingFilter | null;
  @Field(() => ListingFilter, { nullable: true, description: "All are of these; an empty list always is." }) every?: ListingFilter | null;
  @Field(() => ListingFilter, { nullable: true, description: "None is one of these." }) none?: ListingFilter | null;
}

@InputType("OrderListFilter", { description: "Conditions on a list of orders. All that are given must hold." })
export class OrderListFilter {
  @Field(() => OrderFilter, { nullable: true, description: "One at least is one of these." }) some?: OrderFilter | null;
  @Field(() => OrderFilter, { nullable: true, description: "All are of these; an empty list always is." }) every?: OrderFilter | null;
  @Field(() => OrderFilter, { nullable: true, description: "None is one of these." }) none?: OrderFilter | null;
}

@InputType("VoteListFilter", { description: "Conditions on a list of votes. All that are given must hold." })
export class VoteListFilter {
  @Field(() => VoteFilter, { nullable: true, description: "One at least is one of these." }) some?: VoteFilter | null;
  @Field(() => VoteFilter, { nullable: true, description: "All are of these; an empty list always is." }) every?: VoteFilter | null;
  @Field(() => VoteFilter, { nullable: true, description: "None is one of these." }) none?: VoteFilter | null;
}

@InputType("PayoutFilter", { description: "Which payouts. All conditions that are given must hold; AND, OR and NOT nest." })
export class PayoutFilter {
  @Field(() => IdFilter, { nullable: true, description: "Whose money it was." }) account?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "Where it went." }) recipient?: IdFilter | null;
  @Field(() => AmountFilter, { nullable: true, description: "How much." }) amount?: AmountFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The payout's block." }) block?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "Time of the payout's block." }) time?: TimeFilter | null;
  @Field(() => [PayoutFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: PayoutFilter[] | null;
  @Field(() => [PayoutFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: PayoutFilter[] | null;
  @Field(() => PayoutFilter, { nullable: true, description: "This does not hold." }) NOT?: PayoutFilter | null;
}

@InputType("AccessAnchorFilter", { description: "Which anchors of the access log. All conditions that are given must hold; AND, OR and NOT nest." })
export class AccessAnchorFilter {
  @Field(() => AmountFilter, { nullable: true, description: "The batch's number on the chain." }) index?: AmountFilter | null;
  @Field(() => ID, { nullable: true, description: "The batch's Merkle root." }) root?: string | null;
  @Field(() => IntFilter, { nullable: true, description: "Records in the batch." }) count?: IntFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The anchor's block." }) block?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "Time of the anchor's block." }) time?: TimeFilter | null;
  @Field(() => [AccessAnchorFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: AccessAnchorFilter[] | null;
  @Field(() => [AccessAnchorFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: AccessAnchorFilter[] | null;
  @Field(() => AccessAnchorFilter, { nullable: true, description: "This does not hold." }) NOT?: AccessAnchorFilter | null;
}

@InputType("MarketEventFilter", { description: "Which entries of the feed. All conditions that are given must hold; AND, OR and NOT nest." })
export class MarketEventFilter {
  @Field(() => TextFilter, { nullable: true, description: "The contract's event, e.g. Listed." }) name?: TextFilter | null;
  @Field(() => Boolean, { nullable: true, description: "True: only what still holds. False: only what was taken back, and the entries that take back." }) holds?: boolean | null;
  @Field(() => IdFilter, { nullable: true, description: "The listing it is about." }) listingId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "The order it is about." }) orderId?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "The account it is about." }) account?: IdFilter | null;
  @Field(() => IdFilter, { nullable: true, description: "The event's transaction." }) transactionHash?: IdFilter | null;
  @Field(() => IntFilter, { nullable: true, description: "The event's block." }) block?: IntFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "Time of the event's block." }) time?: TimeFilter | null;
  @Field(() => [MarketEventFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: MarketEventFilter[] | null;
  @Field(() => [MarketEventFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: MarketEventFilter[] | null;
  @Field(() => MarketEventFilter, { nullable: true, description: "This does not hold." }) NOT?: MarketEventFilter | null;
}

@InputType("AccessRecordFilter", { description: "Which records of the access log. All conditions that are given must hold; AND, OR and NOT nest." })
export class AccessRecordFilter {
  @Field(() => IdFilter, { nullable: true, description: "Who read." }) account?: IdFilter | null;
  @Field(() => TextFilter, { nullable: true, description: "HEADER, LINK, BYTES or REFUSED." }) action?: TextFilter | null;
  @Field(() => TextFilter, { nullable: true, description: "OK, or the code of the refusal." }) outcome?: TextFilter | null;
  @Field(() => TimeFilter, { nullable: true, description: "When." }) time?: TimeFilter | null;
  @Field(() => [AccessRecordFilter], { nullable: true, description: "All of these hold; an empty list always does." }) AND?: AccessRecordFilter[] | null;
  @Field(() => [AccessRecordFilter], { nullable: true, description: "One of these holds; an empty list never does." }) OR?: AccessRecordFilter[] | null;
  @Field(() => AccessRecordFilter, { nullable: true, description: "This does not hold." }) NOT?: AccessRecordFilter | null;
}
