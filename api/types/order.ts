import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { OrderStatus, Purpose } from "../../schema/market.js";
import { For } from "../rules/rule.js";
import { anyone, asReached } from "../rules/rules.js";
import { Money } from "./money.js";
import { BigIntScalar, JsonScalar } from "./scalars.js";

@ObjectType("Order", { description: "A purchase, from payment to payout or refund, as the chain has it.", simpleResolvers: true })
export class OrderType {
  @For(anyone) @Field(() => ID, { description: "Its id on the chain." }) id!: string;
  @For(anyone) @Field(() => ID, { description: "What was bought." }) listingId!: string;
  @For(anyone) @Field(() => ID, { description: "Who bought it." }) buyer!: string;
  @For(anyone) @Field(() => OrderStatus, { description: "Where it stands." }) status!: OrderStatus;
  @For(anyone) @Field(() => String, { description: "First 20 bytes of keccak256 of the recipient that the key is wrapped for." }) recipientCommitment!: string;
  @For(anyone) @Field(() => String, { nullable: true, description: "Binds what was delivered; null before." }) deliveryCommitment!: string | null;
}

@InputType("PurchaseItemInput", { description: "One listing to buy." })
export class PurchaseItemInput {
  @Field(() => ID, { description: "The listing." }) listingId!: string;
  @Field(() => Purpose, { description: "What it will be used for." }) purpose!: Purpose;
}

@InputType("PurchaseInput", { description: "What to buy, all or nothing." })
export class PurchaseInput {
  @Field(() => [PurchaseItemInput], { description: "1 to 50 listings." }) items!: PurchaseItemInput[];
}

@For(asReached)
@ObjectType("PreparedPurchaseItem", { description: "One item of a prepared purchase, as the contract takes it.", simpleResolvers: true })
export class PreparedPurchaseItem {
  @Field(() => ID, { description: "The listing." }) listingId!: string;
  @Field(() => BigIntScalar, { description: "The most that may be paid: the price now." }) maxPrice!: bigint;
  @Field(() => Int, { description: "The purpose's bit." }) purpose!: number;
  @Field(() => String, { description: "32 random bytes that tell this order from others." }) salt!: string;
  @Field(() => ID, { description: "The id that the order will have." }) orderId!: string;
}

@For(asReached)
@ObjectType("PreparedPurchase", { description: "All that a wallet needs to buy: sign the permit, or approve the token, then send the call.", simpleResolvers: true })
export class PreparedPurchase {
  @Field(() => [PreparedPurchaseItem], { description: "The contract's items." }) items!: PreparedPurchaseItem[];
  @Field(() => Money, { description: "The sum of the prices." }) total!: Money;
  @Field(() => ID, { description: "Whom to call: the marketplace." }) to!: string;
  @Field(() => String, { description: "Call data of `purchase(items)`, for a wallet whose allowance covers the total." }) data!: string;
  @Field(() => JsonScalar, { description: "EIP-712 typed data of an EIP-2612 permit for the total: sign it and call `purchaseWithPermit`." }) permit!: unknown;
  @Field(() => BigIntScalar, { description: "Token allowance that `purchase` needs." }) allowanceNeeded!: bigint;
  @Field(() => BigIntScalar, { description: "Token allowance that the marketplace has now." }) allowance!: bigint;
}
