import { Field, ID, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { MarketEventType } from "./chain.js";
import { ListingType } from "./listing.js";
import { PageInfo } from "./page-info.js";
import { ChangeKind } from "./states.js";

@For(asReached)
@ObjectType("MarketEventEdge", { description: "An entry of the feed in a page.", simpleResolvers: true })
export class MarketEventEdge {
  @Field(() => String, { description: "Resume after this one with it." }) cursor!: string;
  @Field(() => MarketEventType, { description: "The entry." }) node!: MarketEventType;
}

@For(asReached)
@ObjectType("MarketEventConnection", { description: "A page of the market's feed.", simpleResolvers: true })
export class MarketEventConnection {
  @Field(() => [MarketEventEdge], { description: "The page's entries with their cursors." }) edges!: MarketEventEdge[];
  @Field(() => PageInfo, { description: "Where the page stands." }) pageInfo!: PageInfo;
}

@For(asReached)
@ObjectType("AuditQueueChange", { description: "A change of the audit queue.", simpleResolvers: true })
export class AuditQueueChange {
  @Field(() => ChangeKind, { description: "How it changed." }) kind!: ChangeKind;
  @Field(() => ID, { description: "The listing that entered, changed or left." }) listingId!: string;
  @Field(() => ListingType, { nullable: true, description: "The listing as it is now; null if a re-org took it off the chain." }) listing!: ListingType | null;
  @Field(() => String, { description: "Resume after this change with it, also in the middle of the snapshot." }) cursor!: string;
}
