import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { BigIntScalar, JsonScalar } from "./scalars.js";

@InputType("ClaimedListingInput", { description: "A listing that the auditor has claimed." })
export class ClaimedListingInput {
  @Field(() => ID, { description: "The listing." }) listingId!: string;
  @Field(() => BigIntScalar, { description: "The claim's token." }) token!: bigint;
}

@InputType("AuditDecisionInput", { description: "One decision on several listings." })
export class AuditDecisionInput {
  @Field(() => [ClaimedListingInput], { description: "The listings (at most 50), each claimed." }) items!: ClaimedListingInput[];
  @Field(() => Boolean, { description: "For them, or against." }) approve!: boolean;
  @Field(() => Int, { defaultValue: 0, description: "Code of the reason; 0 for none." }) reason!: number;
  @Field(() => BigIntScalar, { description: "Last second (Unix time) at which signatures may be used: 30 seconds to 7 days from now." }) deadline!: bigint;
}

@For(asReached)
@ObjectType("AuditDecision", { description: "A decision of auditors by signature, collected until a quorum has signed it.", simpleResolvers: true })
export class AuditDecision {
  @Field(() => ID, { description: "EIP-712 hash of what is signed." }) id!: string;
  @Field(() => [ID], { description: "The listings, sorted." }) listingIds!: readonly string[];
  @Field(() => Boolean, { description: "For them, or against." }) approve!: boolean;
  @Field(() => Int, { description: "Code of the reason; 0 for none." }) reason!: number;
  @Field(() => BigIntScalar, { description: "Last second (Unix time) at which it may be used." }) deadline!: bigint;
  @Field(() => JsonScalar, { description: "EIP-712 typed data, for eth_signTypedData_v4." }) typedData!: unknown;
  @Field(() => Int, { description: "Auditors who have signed." }) signatures!: number;
  @Field(() => Int, { description: "Auditors who decide." }) needed!: number;
}
