import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { For } from "../rules/rule.js";
import { anyone, asReached } from "../rules/rules.js";
import { BlockRef } from "./chain.js";
import { JsonScalar } from "./scalars.js";

export enum ReplayDifference {
  SCHEMA_CHANGED = "SCHEMA_CHANGED",
  CHAIN_CHANGED = "CHAIN_CHANGED",
  METADATA_CHANGED = "METADATA_CHANGED",
  LISTINGS_CHANGED = "LISTINGS_CHANGED",
  RESULT_CHANGED = "RESULT_CHANGED",
}

registerEnumType(ReplayDifference, {
  name: "ReplayDifference",
  description: "Why a replay gives other bytes than were cited.",
  valuesConfig: {
    SCHEMA_CHANGED: { description: "The query is none of today's schema any more." },
    CHAIN_CHANGED: { description: "The chain has another block with this number, or it is another market's." },
    METADATA_CHANGED: { description: "Documents that the answer rests on were erased, or came only after it was cited." },
    LISTINGS_CHANGED: { description: "The index gives other listings, or other metadata hashes, for the same block." },
    RESULT_CHANGED: { description: "The answer was derived again and differs; `paths` says where." },
  },
});

@InputType("CiteInput", { description: "What to cite." })
export class CiteInput {
  @Field(() => String, { description: "One query of listings, orders, audits, listingAggregates, orderAggregates or auditAggregates, without `at`, cursors or search. With its variables at most 16,384 characters, kept and shown for ever." }) query!: string;
  @Field(() => JsonScalar, { nullable: true, description: "Its variables, an object." }) variables?: unknown;
  @Field(() => Int, { nullable: true, description: "The block that it is asked of; the newest final one if left out. Later ones are refused." }) block?: number | null;
}

@For(asReached)
@ObjectType("PinnedMetadata", { description: "A listing that a cited answer rests on.", simpleResolvers: true })
export class PinnedMetadata {
  @Field(() => ID, { description: "The listing." }) listingId!: string;
  @Field(() => String, { description: "keccak256 of its metadata's canonical JSON, as on the chain." }) metadataHash!: string;
}

@For(asReached)
@ObjectType("CitationReplayReason", { description: "Why a replay differs.", simpleResolvers: true })
export class CitationReplayReason {
  @Field(() => ReplayDifference, { description: "What changed." }) difference!: ReplayDifference;
  @Field(() => String, { description: "In words." }) message!: string;
  @Field(() => [String], { description: "Where the answers differ, e.g. `listings.nodes[3]` (at most 100)." }) paths!: string[];
}

@For(asReached)
@ObjectType("CitationReplay", { description: "A cited query, asked again of the same block.", simpleResolvers: true })
export class CitationReplay {
  @Field(() => Boolean, { description: "Whether the answer has the bytes that were cited, and rests on the same listings." }) same!: boolean;
  @Field(() => [CitationReplayReason], { description: "Why not; empty if it is the same." }) reasons!: CitationReplayReason[];
  @Field(() => String, { nullable: true, description: "SHA-256 of `result`; null if the query cannot be asked any more." }) resultHash!: string | null;
  @Field(() => String, { nullable: true, description: "The answer's data in canonical JSON (RFC 8785), as its bytes are hashed." }) result!: string | null;
}

@ObjectType("Citation", { description: "A query whose answer can be cited: what was asked, of which final block, and hashes of what came out. Citing the same again gives the same citation.", simpleResolvers: true })
export class CitationType {
  @For(anyone) @Field(() => ID, { description: "Its id: a hash of all that was cited." }) id!: string;
  @For(anyone) @Field(() => Int, { description: "The chain." }) chainId!: number;
  @For(anyone) @Field(() => ID, { description: "The marketplace's address." }) marketplace!: string;
  @For(anyone) @Field(() => BlockRef, { description: "The block that was asked of." }) block!: BlockRef;
  @For(anyone) @Field(() => String, { description: "The query in canonical form: sorted, printed, without a name or comments." }) query!: string;
  @For(anyone) @Field(() => String, { description: "Its variables in canonical JSON (RFC 8785)." }) variables!: string;
  @For(anyone) @Field(() => String, { description: "SHA-256 of the query, a line feed, and the variables." }) queryHash!: string;
  @For(anyone) @Field(() => String, { description: "SHA-256 of the answer's data in canonical JSON." }) resultHash!: string;
  @For(anyone) @Field(() => Int, { description: "Bytes of the answer's data in canonical JSON." }) resultBytes!: number;
  @For(anyone) @Field(() => String, { description: "RFC 6962 Merkle root over the listings that the answer rests on (all that its filters choose, not its page alone), by id: a leaf is the listing's id and its metadata's hash, 64 bytes." }) metadataRoot!: string;
  @For(anyone) @Field(() => Int, { description: "How many listings these are." }) metadataCount!: number;
  @For(anyone) @Field(() => Int, { description: "Of how many of them the platform did not have the document." }) metadataMissing!: number;
  @For(anyone) @Field(() => [PinnedMetadata], { nullable: true, description: "Which they are, up to 100; null for more: then the root and the number stand for them." }) metadataHashes!: PinnedMetadata[] | null;
}
