import { Field, ID, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";

@For(asReached)
@ObjectType("PreparedTransaction", { description: "A transaction for the viewer's own wallet to sign and send, at gas price 0. It was checked against the index; the contract decides.", simpleResolvers: true })
export class PreparedTransaction {
  @Field(() => ID, { description: "Whom to call." }) to!: string;
  @Field(() => String, { description: "The call data." }) data!: string;
  @Field(() => String, { description: "The contract's function, e.g. settle." }) function!: string;
}

@For(asReached)
@ObjectType("PreparedGrant", { description: "A grant of access for the provider's wallet to send.", simpleResolvers: true })
export class PreparedGrant {
  @Field(() => PreparedTransaction, { description: "The transaction." }) transaction!: PreparedTransaction;
  @Field(() => ID, { description: "The id that the order will have: at price zero, delivered as a bought one." }) orderId!: string;
}
