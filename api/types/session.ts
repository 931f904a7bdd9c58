import { Field, ID, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { DateTimeScalar } from "./scalars.js";

@For(asReached)
@ObjectType("SignInChallenge", { description: "What to sign in order to sign in.", simpleResolvers: true })
export class SignInChallenge {
  @Field(() => String, { description: "EIP-4361 text: sign it with personal_sign, unchanged." }) message!: string;
  @Field(() => String, { description: "The nonce in it; it works once." }) nonce!: string;
  @Field(() => DateTimeScalar, { description: "When it stops working." }) expiresAt!: Date;
}

@For(asReached)
@ObjectType("Session", { description: "A signed-in session.", simpleResolvers: true })
export class SessionType {
  @Field(() => String, { description: "Send it as `Authorization: Bearer …`." }) accessToken!: string;
  @Field(() => String, { description: "Buys a new pair of tokens, once." }) refreshToken!: string;
  @Field(() => DateTimeScalar, { description: "When the access token stops working." }) expiresAt!: Date;
  @Field(() => ID, { description: "Who is signed in." }) account!: string;
}
