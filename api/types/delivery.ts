import { Field, ID, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { connectionOf } from "./connection.js";

@For(asReached)
@ObjectType("Delivery", { description: "The delivery of an order, as the chain has it.", simpleResolvers: true })
export class DeliveryType {
  @Field(() => ID, { description: "What was bought." }) listingId!: string;
  @Field(() => ID, { description: "Whom it was delivered to." }) buyer!: string;
  @Field(() => String, { description: "Binds what was delivered." }) deliveryCommitment!: string;
}

export const DeliveryConnection = connectionOf(DeliveryType, "Delivery", "deliveries");
