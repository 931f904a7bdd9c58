import { Field, ID, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { DateTimeScalar, JsonScalar } from "./scalars.js";

@For(asReached)
@ObjectType("BlockCertificate", { description: "A block's header, whose fields make its hash, with whatever seal the chain puts in it: shows when what is in the block happened.", simpleResolvers: true })
export class BlockCertificate {
  @Field(() => Int, { description: "The block's number." }) number!: number;
  @Field(() => ID, { description: "The block's hash." }) hash!: string;
  @Field(() => DateTimeScalar, { description: "The block's time." }) time!: Date;
  @Field(() => JsonScalar, { description: "The header's fields as the node tells them: `verifyBlock` of the client checks them, and who sealed them." }) header!: unknown;
}

@For(asReached)
@ObjectType("ListingProof", { description: "Shows what the marketplace holds of a listing at the end of a block (`eth_getProof`): `verifyListing` of the client checks it offline.", simpleResolvers: true })
export class ListingProofType {
  @Field(() => ID, { description: "The marketplace." }) address!: string;
  @Field(() => BlockCertificate, { description: "The block whose state it is of." }) block!: BlockCertificate;
  @Field(() => String, { description: "Storage key of the listing's word: keccak256 of its id and the mapping's slot." }) storageKey!: string;
  @Field(() => String, { description: "The word: price (64 bits, lowest), purposes (32), status (8), votes." }) word!: string;
  @Field(() => [String], { description: "Nodes from the block's state root to the marketplace's account, RLP." }) accountProof!: string[];
  @Field(() => [String], { description: "Nodes from the account's storage root to the word, RLP." }) storageProof!: string[];
}
