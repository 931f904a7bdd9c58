import { Field, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";

@For(asReached)
@ObjectType("PageInfo", { description: "Where a page stands in its list.", simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether more follow; ask with `after: endCursor`." }) hasNextPage!: boolean;
  @Field(() => String, { nullable: true, description: "Cursor of the page's last entry; null for an empty page." }) endCursor!: string | null;
}
