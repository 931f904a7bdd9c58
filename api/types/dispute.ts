import { Field, InputType } from "type-graphql";
import { BigIntScalar } from "./scalars.js";

/** What a dispute complains of; the numbers are the contract's. */
export enum DisputeClaim {
  NOTHING_OPENS = 0,
  CIPHERTEXT = 1,
  PLAINTEXT = 2,
}

@InputType("DisputedLeafInput", { description: "The chunk that is complained of, by its place in the record's Merkle tree (RFC 6962, SHA-256)." })
export class DisputedLeafInput {
  @Field(() => String, { description: "Hash of the leaf." }) hash!: string;
  @Field(() => BigIntScalar, { description: "Number of the leaf, from 0." }) index!: bigint;
  @Field(() => BigIntScalar, { description: "Leaves in the tree." }) size!: bigint;
  @Field(() => [String], { description: "Sibling hashes, from the leaf upwards (at most 64)." }) path!: string[];
}
