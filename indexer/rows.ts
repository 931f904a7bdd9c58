import type { carriedColumns } from "./carried-columns.js";
import type { AccessAnchor } from "../schema/entities/access-anchor.js";
import type { AccessTold } from "../schema/entities/access-told.js";
import type { Assignment } from "../schema/entities/assignment.js";
import type { DrawnAuditor } from "../schema/entities/drawn-auditor.js";
import type { RoundCommitment } from "../schema/entities/round-commitment.js";
import type { RoundReveal } from "../schema/entities/round-reveal.js";
import type { Dispute } from "../schema/entities/dispute.js";
import type { DisputeVote } from "../schema/entities/dispute-vote.js";
import type { KeyImage } from "../schema/entities/key-image.js";
import type { Listing } from "../schema/entities/listing.js";
import type { Market } from "../schema/entities/market.js";
import type { Participant } from "../schema/entities/participant.js";
import type { Ring } from "../schema/entities/ring.js";
import type { RingMember } from "../schema/entities/ring-member.js";
import type { TradeOrder } from "../schema/entities/trade-order.js";
import type { Vote } from "../schema/entities/vote.js";
import type { Withdrawal } from "../schema/entities/withdrawal.js";

/** Filled in by the projection from the event's position. */
type Stamp = "blockTime" | "transactionHash" | "logIndex";
type Facts<Row, Filled extends string> = Readonly<Omit<Row, Stamp | Filled>>;

/** What is true of a thing that has versions, without when. */
export type ListingFacts = Facts<Listing, "fromBlock" | "toBlock">;
export type ParticipantFacts = Facts<Participant, "fromBlock" | "toBlock">;
export type OrderFacts = Facts<TradeOrder, "fromBlock" | "toBlock">;
export type DisputeFacts = Facts<Dispute, "fromBlock" | "toBlock">;
export type RingFacts = Facts<Ring, "fromBlock" | "toBlock">;
export type MarketFacts = Facts<Market, "fromBlock" | "toBlock">;
export type AssignmentFacts = Facts<Assignment, "fromBlock" | "toBlock">;
/** What an event adds once and for ever. */
export type VoteFacts = Facts<Vote, "blockNumber">;
export type DisputeVoteFacts = Facts<DisputeVote, "blockNumber">;
export type RingMemberFacts = Facts<RingMember, "blockNumber">;
export type KeyImageFacts = Facts<KeyImage, "blockNumber">;
export type WithdrawalFacts = Facts<Withdrawal, "blockNumber">;
export type AnchorFacts = Facts<AccessAnchor, "blockNumber">;
export type DrawnAuditorFacts = Facts<DrawnAuditor, "blockNumber">;
export type CommitmentFacts = Facts<RoundCommitment, "blockNumber">;
export type RevealFacts = Facts<RoundReveal, "blockNumber">;
export type ToldFacts = Facts<AccessTold, "blockNumber">;

/** Tables whose rows are versions with a block range, by the name of their key. */
export interface VersionedFacts {
  listing: ListingFacts;
  participant: ParticipantFacts;
  trade_order: OrderFacts;
  dispute: DisputeFacts;
  ring: RingFacts;
  market: MarketFacts;
  assignment: AssignmentFacts;
}
/** Tables to which rows are only added. */
export interface AddedFacts {
  vote: VoteFacts;
  dispute_vote: DisputeVoteFacts;
  ring_member: RingMemberFacts;
  key_image: KeyImageFacts;
  withdrawal: WithdrawalFacts;
  access_anchor: AnchorFacts;
  access_told: ToldFacts;
  drawn_auditor: DrawnAuditorFacts;
  round_commitment: CommitmentFacts;
  round_reveal: RevealFacts;
}
type AllFacts = VersionedFacts & AddedFacts;

/** What mappings see of a thing: all but what Postgres carries on from its first version. */
export type StateOf<Table extends keyof VersionedFacts> = Omit<VersionedFacts[Table], (typeof carriedColumns)[Table][number]>;

type Row<Table extends keyof AllFacts> = Table extends keyof VersionedFacts ? VersionedFacts[Table] | StateOf<Table> : AllFacts[Table];
/** One thing as it is after an event: a new one whole, one that was there by its state. */
export type Change = { [Table in keyof AllFacts]: { readonly table: Table; readonly row: Row<Table> } }[keyof AllFacts];

/** The tables as they are before an event; undefined = there is no such thing. */
export interface State {
  listing(id: string): StateOf<"listing"> | undefined;
  order(id: string): StateOf<"trade_order"> | undefined;
  participant(account: string): StateOf<"participant"> | undefined;
  dispute(orderId: string): StateOf<"dispute"> | undefined;
  ring(hash: string): StateOf<"ring"> | undefined;
  market(): StateOf<"market"> | undefined;
  assignment(listingId: string): StateOf<"assignment"> | undefined;
  /** The participant who holds an auditor slot. */
  auditorOf(slot: number): StateOf<"participant"> | undefined;
  hasAnchor(batchIndex: bigint): boolean;
}
