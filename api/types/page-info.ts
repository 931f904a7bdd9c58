import { Field, ObjectType } from "type-graphql";

@ObjectType("PageInfo", { description: "Where a page stands in its list.", simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether more follow; ask with `after: endCursor`." }) hasNextPage!: boolean;
  @Field(() => String, { nullable: true, description: "Cursor of the page's last entry; null for an empty page." }) endCursor!: string | null;
}
