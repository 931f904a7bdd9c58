import { Field, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { connectionOf } from "./connection.js";
import { DateTimeScalar } from "./scalars.js";

@For(asReached)
@ObjectType("AccessAnchor", { description: "A batch of the access log, as it is anchored on the chain.", simpleResolvers: true })
export class AccessAnchorType {
  @Field(() => String, { description: "Merkle root over the batch's records." }) root!: string;
  @Field(() => Int, { description: "Records in the batch." }) count!: number;
  @Field(() => Int, { description: "Number of the anchor's block." }) blockNumber!: number;
  @Field(() => DateTimeScalar, { description: "Time of that block." }) blockTime!: Date;
  @Field(() => String, { description: "The anchor's transaction." }) transactionHash!: string;
}

export const AccessAnchorConnection = connectionOf(AccessAnchorType, "AccessAnchor", "anchors of the access log");
