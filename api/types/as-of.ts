import { Field, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "./scalars.js";

@InputType("AsOf", { description: "A point of the chain's past. Exactly one of its fields is given." })
export class AsOf {
  @Field(() => Int, { nullable: true, description: "As it was at the end of the block with this number." }) block?: number | null;
  @Field(() => String, { nullable: true, description: "As it was at the end of the block with this hash, which must be on the chain." }) blockHash?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "As it was at the end of the last block up to this time." }) time?: Date | null;
}
