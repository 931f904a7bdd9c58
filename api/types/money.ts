import { Field, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { BigIntScalar } from "./scalars.js";

@For(asReached)
@ObjectType("Money", { description: "An amount of the market's payment token.", simpleResolvers: true })
export class Money {
  @Field(() => BigIntScalar, { description: "In the token's smallest unit." }) amount!: bigint;
  @Field(() => String, { description: "The token's symbol." }) currency!: string;
  @Field(() => Int, { description: "Decimal places of the token." }) decimals!: number;
  @Field(() => String, { description: "The amount with its decimal point, exactly." }) decimal!: string;
}

/** The payment token's name and unit. */
export interface Currency {
  symbol: string;
  decimals: number;
}

export function toMoney({ symbol, decimals }: Currency, amount: bigint): Money {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const decimal = `${amount < 0n ? "-" : ""}${whole}${decimals > 0 ? `.${digits.slice(-decimals)}` : ""}`;
  return { amount, currency: symbol, decimals, decimal };
}
