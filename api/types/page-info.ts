import { Field, ObjectType } from "type-graphql";
import { isCursor } from "../citations/changing.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";

@For(asReached)
@ObjectType("PageInfo", { description: "Where a page stands in its list.", simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether more follow; ask with `after: endCursor`. Going backwards: whether `before` was given." }) hasNextPage!: boolean;
  @Field(() => Boolean, { description: "Whether more come before; ask with `before: startCursor`. Going forwards: whether `after` was given." }) hasPreviousPage!: boolean;
  @isCursor @Field(() => String, { nullable: true, description: "Cursor of the page's first entry; null for an empty page." }) startCursor!: string | null;
  @isCursor @Field(() => String, { nullable: true, description: "Cursor of the page's last entry; null for an empty page." }) endCursor!: string | null;
}
