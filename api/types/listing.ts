import { Field, ID, Int, ObjectType } from "type-graphql";
import { DataKind, ListingStatus } from "../../schema/market.js";
import { isCursor } from "../citations/changing.js";
import { Cost, countCost } from "../limits/costs.js";
import { For } from "../rules/rule.js";
import { anyone, asReached } from "../rules/rules.js";
import { Money } from "./money.js";
import { connectionOf } from "./connection.js";
import { ListingFacets } from "./facets.js";
import { PageInfo } from "./page-info.js";
import { SearchHit } from "./search.js";
import { DateTimeScalar } from "./scalars.js";

@For(asReached)
@ObjectType("PredictedPrice", { description: "What the price model said when it was listed, as on the chain.", simpleResolvers: true })
export class PredictedPrice {
  @Field(() => Money, { description: "10 % of such listings are worth less." }) p10!: Money;
  @Field(() => Money, { description: "The median." }) p50!: Money;
  @Field(() => Money, { description: "10 % of such listings are worth more." }) p90!: Money;
  @Field(() => String, { description: "Hash of the model." }) modelHash!: string;
}

@For(asReached)
@ObjectType("ListingTerms", { description: "Everything about a listing that never changes: the tuple that the contract takes. `listingId = keccak256(abi.encode(terms))`.", simpleResolvers: true })
export class ListingTerms {
  @Field(() => ID, { description: "The provider; the zero address for an anonymous listing." }) provider!: string;
  @Field(() => ID, { description: "Who is paid." }) payee!: string;
  @Field(() => String, { description: "Keyed hash of the source bytes." }) contentHash!: string;
  @Field(() => String, { description: "Key-salted Merkle root of the de-identified record." }) plaintextRoot!: string;
  @Field(() => String, { description: "Merkle root of the encrypted file." }) ciphertextRoot!: string;
  @Field(() => String, { description: "Commitment to the file key." }) keyCommitment!: string;
  @Field(() => String, { description: "keccak256 of the canonical JSON metadata." }) metadataHash!: string;
  @Field(() => String, { description: "Hash of the legal evidence." }) legalEvidenceHash!: string;
  @Field(() => String, { description: "The listing that this one replaces, or zero." }) previousId!: string;
  @Field(() => Int, { description: "The kind's number on the chain." }) dataKind!: number;
  @Field(() => Int, { description: "Where it is stored, ISO 3166-1 numeric." }) region!: number;
}

@For(asReached)
@ObjectType("Vote", { description: "An auditor's vote on a listing.", simpleResolvers: true })
export class VoteType {
  @Field(() => ID, { description: "Its place on the chain." }) id!: string;
  @Field(() => ID, { description: "What was voted on." }) listingId!: string;
  @Field(() => ID, { description: "Who voted." }) auditor!: string;
  @Field(() => Boolean, { description: "For it, or against." }) approve!: boolean;
  @Field(() => Int, { description: "Code of the reason; 0 for none." }) reason!: number;
  @Field(() => Int, { description: "Number of the vote's block." }) blockNumber!: number;
  @Field(() => DateTimeScalar, { description: "Time of the vote's block." }) blockTime!: Date;
  @Field(() => String, { description: "The vote's transaction." }) transactionHash!: string;
}

export const VoteConnection = connectionOf(VoteType, "Vote", "votes of auditors");

@ObjectType("Listing", { description: "A record set on offer, as the chain has it.", simpleResolvers: true })
export class ListingType {
  @For(anyone) @Field(() => ID, { description: "Its id on the chain." }) id!: string;
  @For(anyone) @Field(() => ListingStatus, { description: "Where it stands." }) status!: ListingStatus;
  @For(anyone) @Field(() => DataKind, { description: "What its payload is." }) dataKind!: DataKind;
  @For(anyone) @Field(() => Int, { description: "Where it is stored, ISO 3166-1 numeric." }) region!: number;
  @For(anyone) @Field(() => ID, { nullable: true, description: "Who offers it; null for an anonymous listing." }) provider!: string | null;
  @For(anyone) @Field(() => ID, { description: "Who is paid." }) payee!: string;
  @For(anyone) @Field(() => String, { description: "Keyed hash of the source bytes: the same for the same content." }) contentHash!: string;
  @For(anyone) @Field(() => String, { description: "Key-salted Merkle root of the de-identified record." }) plaintextRoot!: string;
  @For(anyone) @Field(() => String, { description: "Merkle root of the encrypted file." }) ciphertextRoot!: string;
  @For(anyone) @Field(() => String, { description: "Commitment to the file key." }) keyCommitment!: string;
  @For(anyone) @Field(() => String, { description: "keccak256 of the metadata's canonical JSON." }) metadataHash!: string;
  @For(anyone) @Field(() => String, { description: "Hash of the legal evidence." }) legalEvidenceHash!: string;
  @For(anyone) @Field(() => ID, { nullable: true, description: "The listing that this one replaces." }) previousId!: string | null;
  @For(anyone) @Field(() => Int, { description: "Votes for it that the index counted." }) approvals!: number;
  @For(anyone) @Field(() => Int, { description: "Votes against it." }) rejections!: number;
  @For(anyone) @Field(() => Int, { description: "How often it was bought." }) sales!: number;
  @For(anyone) @Field(() => Int, { description: "The block in which it was listed." }) listedBlock!: number;
}

@For(asReached)
@ObjectType("ListingEdge", { description: "A listing in a page.", simpleResolvers: true })
export class ListingEdge {
  @isCursor @Field(() => String, { description: "Resume after this one with it." }) cursor!: string;
  @Field(() => ListingType, { description: "The listing." }) node!: ListingType;
  @Field(() => SearchHit, { nullable: true, description: "How it answers `search`; null without one." }) search!: SearchHit | null;
}

@For(asReached)
@ObjectType("ListingConnection", { description: "A page of listings.", simpleResolvers: true })
export class ListingConnection {
  @Field(() => [ListingEdge], { description: "The page's listings with their cursors." }) edges!: ListingEdge[];
  @Field(() => [ListingType], { description: "The page's listings." }) nodes!: ListingType[];
  @Field(() => PageInfo, { description: "Where the page stands." }) pageInfo!: PageInfo;
  @Cost(countCost) @Field(() => Int, { description: "How many there are on all pages. Counted only when asked for." }) totalCount!: number;
  @Field(() => Boolean, { description: "False where totalCount is exact; true past a million, where it is estimated." }) totalCountIsEstimate!: boolean;
  @Cost(countCost) @Field(() => ListingFacets, { description: "Counts by status, kind, region, purpose and metadata. Counted only when asked for." }) facets!: ListingFacets;
}
