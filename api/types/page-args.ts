import { ArgsType, Field, Int } from "type-graphql";
import { AsOf } from "./as-of.js";

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: "Size of the page from the list's begin, or after `after`: 1 to 200, 20 if left out." }) first?: number | null;
  @Field(() => String, { nullable: true, description: "Cursor of the entry before the page." }) after?: string | null;
  @Field(() => Int, { nullable: true, description: "Size of the page at the list's end, or before `before`: 1 to 200. Not with `first`." }) last?: number | null;
  @Field(() => String, { nullable: true, description: "Cursor of the entry after the page." }) before?: string | null;
}

@ArgsType()
export class ChainPageArgs extends PageArgs {
  @Field(() => Int, { nullable: true, description: "Wait until the index has this block (at most 5 s): NOT_READY otherwise." }) minBlock?: number | null;
  @Field(() => AsOf, { nullable: true, description: "As it was then; now if left out." }) at?: AsOf | null;
}

@ArgsType()
export class ChainArgs {
  @Field(() => Int, { nullable: true, description: "Wait until the index has this block (at most 5 s): NOT_READY otherwise." }) minBlock?: number | null;
  @Field(() => AsOf, { nullable: true, description: "As it was then; now if left out." }) at?: AsOf | null;
}
