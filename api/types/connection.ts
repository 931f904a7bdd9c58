import { Field, Int, ObjectType, type ClassType } from "type-graphql";
import { isCursor } from "../citations/changing.js";
import { Cost, countCost } from "../limits/costs.js";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { PageInfo } from "./page-info.js";

/**
 * Makes the types of a list that is read in pages: `<name>Connection` and `<name>Edge`.
 * @param things - what the list holds, in the plural, for the descriptions.
 */
export function connectionOf<Node extends object>(node: ClassType<Node>, name: string, things: string): ClassType<object> {
  @For(asReached)
  @ObjectType(`${name}Edge`, { description: `One of a page of ${things}.`, simpleResolvers: true })
  class Edge {
    @isCursor @Field(() => String, { description: "Resume after this one with it." }) cursor!: string;
    @Field(() => node, { description: "What stands here." }) node!: Node;
  }

  @For(asReached)
  @ObjectType(`${name}Connection`, { description: `A page of ${things}.`, simpleResolvers: true })
  class Connection {
    @Field(() => [Edge], { description: "The page, with cursors." }) edges!: Edge[];
    @Field(() => [node], { description: "The page, without cursors." }) nodes!: Node[];
    @Field(() => PageInfo, { description: "Where the page stands." }) pageInfo!: PageInfo;
    @Cost(countCost) @Field(() => Int, { description: "How many there are on all pages. Counted only when asked for." }) totalCount!: number;
    @Field(() => Boolean, { description: "False where totalCount is exact; true past a million, where it is estimated." }) totalCountIsEstimate!: boolean;
  }
  return Connection;
}
