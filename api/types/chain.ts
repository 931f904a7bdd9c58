import { Field, ID, Int, ObjectType } from "type-graphql";
import { ChainAlarm } from "../../schema/chain-watch.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { BigIntScalar, DateTimeScalar, JsonScalar } from "./scalars.js";
import { EventOp, IndexStatus } from "./states.js";

@For(asReached)
@ObjectType("Contract", { description: "A contract of the market.", simpleResolvers: true })
export class ContractInfo {
  @Field(() => String, { description: "Marketplace, PaymentToken or AccessManager." }) name!: string;
  @Field(() => ID, { description: "Its address." }) address!: string;
  @Field(() => String, { description: "Where its ABI is served." }) abiUrl!: string;
  @Field(() => String, { description: "SHA-256 of the ABI as served." }) abiHash!: string;
}

@For(asReached)
@ObjectType("Token", { description: "The market's one payment token: an ERC-20 with EIP-2612 permit.", simpleResolvers: true })
export class TokenInfo {
  @Field(() => ID, { description: "Its address." }) address!: string;
  @Field(() => String, { description: "Its symbol." }) symbol!: string;
  @Field(() => Int, { description: "Its decimal places." }) decimals!: number;
}

@For(asReached)
@ObjectType("ChainNode", { description: "A node of the chain, as the indexer last saw it.", simpleResolvers: true })
export class ChainNodeType {
  @Field(() => Int, { description: "Its place in the indexer's configuration, from 1." }) number!: number;
  @Field(() => Boolean, { description: "Whether it answers and serves this chain." }) up!: boolean;
  @Field(() => Boolean, { description: "Whether it is the one that the indexer asks." }) used!: boolean;
  @Field(() => Int, { nullable: true, description: "Its newest block; null if it is not up." }) head!: number | null;
  @Field(() => Int, { nullable: true, description: "Wall clock less the time of that block, in seconds; below 0 if the block is ahead of the indexer's clock." }) driftSeconds!: number | null;
  @Field(() => Int, { nullable: true, description: "How many peers it has, where it tells." }) peers!: number | null;
  @Field(() => Boolean, { nullable: true, description: "Whether it is still catching up, where it tells." }) syncing!: boolean | null;
}

@For(asReached)
@ObjectType("ChainSigner", { description: "Who seals blocks of the chain.", simpleResolvers: true })
export class ChainSigner {
  @Field(() => ID, { description: "Its address." }) address!: string;
  @Field(() => Int, { description: "The newest block that it sealed." }) lastBlock!: number;
}

@For(asReached)
@ObjectType("RaisedAlarm", { description: "Something that is wrong with the chain's nodes or signers.", simpleResolvers: true })
export class RaisedAlarm {
  @Field(() => ChainAlarm, { description: "What it is." }) alarm!: ChainAlarm;
  @Field(() => String, { description: "Which node or signer, in words." }) about!: string;
}

@For(asReached)
@ObjectType("ChainHealth", { description: "What the indexer last saw of the chain's nodes and signers.", simpleResolvers: true })
export class ChainHealth {
  @Field(() => DateTimeScalar, { description: "When it looked: every two seconds, unless no indexer runs." }) observedAt!: Date;
  @Field(() => [ChainNodeType], { description: "The nodes that the indexer knows, in the order of its configuration." }) nodes!: ChainNodeType[];
  @Field(() => [ChainSigner], { description: "Who has sealed blocks lately; empty where the chain does not say." }) signers!: ChainSigner[];
  @Field(() => [RaisedAlarm], { description: "What is wrong; empty while all is well." }) alarms!: RaisedAlarm[];
}

@For(asReached)
@ObjectType("Chain", { description: "The chain, and how far the index has followed it.", simpleResolvers: true })
export class Chain {
  @Field(() => Int, { description: "EIP-155 chain id." }) chainId!: number;
  @Field(() => Int, { description: "Number of the newest block that the RPC node showed." }) head!: number;
  @Field(() => Int, { description: "Number of the newest block in the index." }) indexedBlock!: number;
  @Field(() => String, { description: "Hash of that block." }) indexedHash!: string;
  @Field(() => DateTimeScalar, { nullable: true, description: "Time of that block; null before the first." }) indexedTime!: Date | null;
  @Field(() => Int, { description: "Up to this block nothing can be taken back." }) finalizedBlock!: number;
  @Field(() => IndexStatus, { description: "How the index stands towards the chain." }) status!: IndexStatus;
  @Field(() => Int, { nullable: true, description: "Block at which a sample of the index was last compared with the contracts' own state; null before the first time." }) lastVerifiedBlock!: number | null;
  @Field(() => String, { nullable: true, description: "The first row of the index that was found to differ from the contracts, with both values, until it is mended; null while all is well." }) mismatch!: string | null;
  @Field(() => ChainHealth, { nullable: true, description: "Nodes, signers and alarms; null before the indexer has looked." }) health!: ChainHealth | null;
  @Field(() => [ContractInfo], { description: "The market's contracts." }) contracts!: ContractInfo[];
  @Field(() => TokenInfo, { description: "The payment token." }) token!: TokenInfo;
  @Field(() => String, { description: "JSON-RPC address for wallets." }) rpcUrl!: string;
  @Field(() => Int, { description: "Votes of auditors that decide a listing." }) auditQuorum!: number;
  @Field(() => Int, { description: "Seconds from purchase until a refund is due." }) deliveryWindowSeconds!: number;
  @Field(() => Int, { description: "Seconds from delivery until anyone may settle." }) settleWindowSeconds!: number;
}

@For(asReached)
@ObjectType("Block", { description: "A block of the chain, as indexed.", simpleResolvers: true })
export class Block {
  @Field(() => Int, { description: "Its number." }) number!: number;
  @Field(() => String, { description: "Its hash." }) hash!: string;
  @Field(() => DateTimeScalar, { description: "Its time." }) time!: Date;
  @Field(() => ID, { nullable: true, description: "Who sealed it, where the chain says so." }) signer!: string | null;
}

@For(asReached)
@ObjectType("BlockRef", { description: "The block of an event.", simpleResolvers: true })
export class BlockRef {
  @Field(() => Int, { description: "Its number." }) number!: number;
  @Field(() => String, { description: "Its hash." }) hash!: string;
  @Field(() => DateTimeScalar, { description: "Its time." }) time!: Date;
}

@For(asReached)
@ObjectType("ChainMoment", { description: "When something happened on the chain.", simpleResolvers: true })
export class ChainMoment {
  @Field(() => Int, { description: "Number of the block." }) block!: number;
  @Field(() => DateTimeScalar, { description: "Time of the block." }) time!: Date;
  @Field(() => String, { description: "Hash of the transaction." }) transactionHash!: string;
}

@For(asReached)
@ObjectType("ChainTransaction", { description: "A transaction of the market, as indexed.", simpleResolvers: true })
export class ChainTransactionType {
  @Field(() => ID, { description: "Its hash." }) hash!: string;
  @Field(() => Int, { description: "Number of its block." }) blockNumber!: number;
  @Field(() => Int, { description: "Its place in the block." }) transactionIndex!: number;
  @Field(() => ID, { description: "Who sent it." }) sender!: string;
  @Field(() => ID, { nullable: true, description: "Whom it was sent to; null for a deployment." }) recipient!: string | null;
}

@For(asReached)
@ObjectType("MarketEvent", { description: "One entry of the market's numbered feed: an event of the chain applied, or taken back by a re-org.", simpleResolvers: true })
export class MarketEventType {
  @Field(() => BigIntScalar, { description: "Its number: from 1, without gaps." }) seq!: bigint;
  @Field(() => String, { description: "Resume after this entry with it." }) cursor!: string;
  @Field(() => EventOp, { description: "Whether an event took effect, or was taken back." }) op!: EventOp;
  @Field(() => String, { description: "The contract's event, e.g. Listed." }) name!: string;
  @Field(() => BlockRef, { description: "The event's block." }) block!: BlockRef;
  @Field(() => String, { description: "The event's transaction." }) transactionHash!: string;
  @Field(() => Int, { description: "The place of the event's log in its block." }) logIndex!: number;
  @Field(() => Int, { description: "Its number among the events that the log tells: 0, but for votes by signature." }) logPart!: number;
  @Field(() => ID, { nullable: true, description: "The listing it is about." }) listingId!: string | null;
  @Field(() => ID, { nullable: true, description: "The order it is about." }) orderId!: string | null;
  @Field(() => ID, { nullable: true, description: "The account it is about." }) account!: string | null;
  @Field(() => JsonScalar, { description: "The event's arguments by name; whole numbers as decimal strings." }) payload!: unknown;
  @Field(() => String, { nullable: true, description: "Why the index could not apply it, if it could not." }) invalidReason!: string | null;
  @Field(() => BigIntScalar, { nullable: true, description: "For REVERT: the number of the entry that it takes back." }) reverts!: bigint | null;
}
