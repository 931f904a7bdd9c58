import { Field, ID, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { connectionOf } from "./connection.js";
import { DateTimeScalar } from "./scalars.js";

@For(asReached)
@ObjectType("Payout", { description: "Money that was taken out of the market's escrow by whom it belongs to.", simpleResolvers: true })
export class PayoutType {
  @Field(() => ID, { description: "Its place on the chain." }) id!: string;
  @Field(() => ID, { description: "Whose money it was." }) account!: string;
  @Field(() => ID, { description: "Where it went." }) recipient!: string;
  @Field(() => Int, { description: "Number of the payout's block." }) blockNumber!: number;
  @Field(() => DateTimeScalar, { description: "Time of that block." }) blockTime!: Date;
  @Field(() => String, { description: "The payout's transaction." }) transactionHash!: string;
}

export const PayoutConnection = connectionOf(PayoutType, "Payout", "payouts");
