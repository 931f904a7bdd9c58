import { Field, ID, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached, theAccountOf } from "../rules/rules.js";
import { connectionOf } from "./connection.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";
import { GrantKind, GrantStatus } from "./states.js";

@For(asReached)
@ObjectType("Link", { description: "A signed, time-limited link to a record's bytes.", simpleResolvers: true })
export class Link {
  @Field(() => String, { description: "Its address: the age header and the payload, so that `age -d` reads it; `?part=payload` for the payload alone. Takes Range." }) url!: string;
  @Field(() => DateTimeScalar, { description: "When it stops working." }) expiresAt!: Date;
}

@For(theAccountOf("account", "its account"))
@ObjectType("AccessGrant", { description: "One account's access to one record. Seen by that account alone.", simpleResolvers: true })
export class AccessGrantType {
  @Field(() => ID, { description: "Its id." }) id!: string;
  @Field(() => GrantKind, { description: "Why the account may read the record." }) kind!: GrantKind;
  @Field(() => GrantStatus, { description: "Where it stands." }) status!: GrantStatus;
  @Field(() => ID, { description: "The listing whose record it opens." }) listingId!: string;
  @Field(() => String, { nullable: true, description: "Binds what was delivered, as on the chain." }) deliveryCommitment!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "When the access ends; null for no fixed time." }) expiresAt!: Date | null;
  @Field(() => String, { nullable: true, description: "For FAILED: the error's code." }) errorCode!: string | null;
}

@For(asReached)
@ObjectType("AccessBatch", { description: "A batch of access records, anchored on the chain by its Merkle root.", simpleResolvers: true })
export class AccessBatchType {
  @Field(() => BigIntScalar, { description: "Its number." }) index!: bigint;
  @Field(() => String, { description: "Merkle root over its records' hashes (RFC 6962, SHA-256)." }) root!: string;
  @Field(() => String, { nullable: true, description: "The anchor's transaction; null until it is indexed." }) transactionHash!: string | null;
  @Field(() => Int, { nullable: true, description: "The anchor's block." }) block!: number | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Time of the anchor's block." }) time!: Date | null;
}

@For(asReached)
@ObjectType("MerkleProof", { description: "Shows that a record is in its batch (RFC 6962 audit path).", simpleResolvers: true })
export class MerkleProof {
  @Field(() => Int, { description: "Place of the record in the batch, from 0." }) index!: number;
  @Field(() => Int, { description: "Records in the batch." }) size!: number;
  @Field(() => [String], { description: "Sibling hashes, from the leaf upwards." }) path!: readonly string[];
}

@For(asReached)
@ObjectType("ToldAccess", { description: "One access, told on the chain by an event of its own (`AccessTold`).", simpleResolvers: true })
export class ToldAccess {
  @Field(() => BigIntScalar, { description: "Its number on the chain: from 1, without gaps, which the contract itself sees to." }) number!: bigint;
  @Field(() => String, { description: "The event's transaction." }) transactionHash!: string;
  @Field(() => Int, { description: "The event's block." }) block!: number;
  @Field(() => DateTimeScalar, { description: "Time of that block." }) time!: Date;
}

@For(asReached)
@ObjectType("AccessRecord", { description: "One read of a record, or a refusal, in the hash-chained access log.", simpleResolvers: true })
export class AccessRecordType {
  @Field(() => BigIntScalar, { description: "Its number: from 1, without gaps." }) seq!: bigint;
  @Field(() => DateTimeScalar, { description: "When." }) at!: Date;
  @Field(() => ID, { nullable: true, description: "Who; null where nobody was signed in." }) account!: string | null;
  @Field(() => String, { description: "HEADER, LINK, BYTES or REFUSED." }) action!: string;
  @Field(() => String, { description: "OK, or the code of the refusal." }) outcome!: string;
  @Field(() => ID, { nullable: true, description: "The access grant that was used." }) grantId!: string | null;
  @Field(() => ID, { nullable: true, description: "The listing." }) listingId!: string | null;
  @Field(() => ID, { nullable: true, description: "The order, if it was bought." }) orderId!: string | null;
  @Field(() => BigIntScalar, { nullable: true, description: "First byte that was served." }) firstByte!: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Last byte that was served, inclusive." }) lastByte!: bigint | null;
  @Field(() => String, { description: "Hash of the record before it." }) previousHash!: string;
  @Field(() => String, { nullable: true, description: "Random bytes in hex that the hash covers: who is not shown them cannot find the record by its hash on the chain. Null in records from before there were any." }) salt!: string | null;
  @Field(() => String, { description: "SHA-256 over the hash before and this record." }) hash!: string;
}

export const AccessRecordConnection = connectionOf(AccessRecordType, "AccessRecord", "access records");
