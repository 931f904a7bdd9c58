import { Field, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { BigIntScalar } from "./scalars.js";

@For(asReached)
@ObjectType("UploadQuota", { description: "What an account may upload, and what is left of it. Null where there is no limit.", simpleResolvers: true })
export class UploadQuota {
  @Field(() => BigIntScalar, { nullable: true, description: "Bytes in 24 hours." }) bytesPerDay!: bigint | null;
  @Field(() => BigIntScalar, { nullable: true, description: "Bytes left now." }) bytesLeft!: bigint | null;
  @Field(() => Int, { nullable: true, description: "Uploads begun in 24 hours." }) uploadsPerDay!: number | null;
  @Field(() => Int, { nullable: true, description: "Uploads left now." }) uploadsLeft!: number | null;
  @Field(() => Int, { nullable: true, description: "Uploads begun and not sent whole." }) atOnce!: number | null;
  @Field(() => Int, { nullable: true, description: "How many more may be begun beside them." }) atOnceLeft!: number | null;
}
