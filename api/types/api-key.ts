import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { ApiKeyScope } from "../auth/viewer.js";
import { For } from "../rules/rule.js";
import { asReached, theAccountOf } from "../rules/rules.js";
import { BigIntScalar, DateTimeScalar } from "./scalars.js";

@For(theAccountOf("account", "its account"))
@ObjectType("ApiKey", { description: "A program's key for an account. The key itself is told once, when it is made or rotated.", simpleResolvers: true })
export class ApiKeyType {
  @Field(() => ID, { description: "Its id." }) id!: string;
  @Field(() => String, { description: "The name that its owner gave it." }) name!: string;
  @Field(() => ApiKeyScope, { description: "What it may be used for." }) scope!: ApiKeyScope;
  @Field(() => String, { description: "The key's first characters." }) prefix!: string;
  @Field(() => DateTimeScalar, { description: "When it was made." }) createdAt!: Date;
  @Field(() => DateTimeScalar, { description: "When it stops working." }) expiresAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: "When it was revoked." }) revokedAt!: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Until when the key from before the last rotation works." }) previousExpiresAt!: Date | null;
}

@For(asReached)
@ObjectType("IssuedApiKey", { description: "A key, told this once.", simpleResolvers: true })
export class IssuedApiKey {
  @Field(() => String, { description: "Send it as `Authorization: Bearer …`. It is not kept: nobody can tell it again." }) secret!: string;
  @Field(() => ApiKeyType, { description: "What is known of it." }) apiKey!: ApiKeyType;
}

@For(asReached)
@ObjectType("ApiKeyUsage", { description: "What was asked for with a key on one day.", simpleResolvers: true })
export class ApiKeyUsageType {
  @Field(() => String, { description: "The day in UTC, e.g. 2026-01-31." }) day!: string;
  @Field(() => BigIntScalar, { description: "Operations, also those refused." }) requests!: bigint;
  @Field(() => BigIntScalar, { description: "Of them, refused for their cost or the budget." }) refused!: bigint;
  @Field(() => BigIntScalar, { description: "The estimated cost of those that ran." }) cost!: bigint;
  @Field(() => DateTimeScalar, { description: "The last one." }) lastAt!: Date;
}

@InputType("ApiKeyInput", { description: "A key to make." })
export class ApiKeyInput {
  @Field(() => String, { description: "By which its owner knows it (at most 100 characters)." }) name!: string;
  @Field(() => ApiKeyScope, { defaultValue: ApiKeyScope.PUBLIC, description: "What it may be used for." }) scope!: ApiKeyScope;
  @Field(() => Int, { defaultValue: 90, description: "Days for which it works: 1 to 366." }) days!: number;
}
