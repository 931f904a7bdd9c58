import { Field, ID, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { MarketEventType } from "./chain.js";
import { connectionOf } from "./connection.js";
import { ListingType } from "./listing.js";
import { ChangeKind } from "./states.js";

export const MarketEventConnection = connectionOf(MarketEventType, "MarketEvent", "entries of the feed");

@For(asReached)
@ObjectType("AuditQueueChange", { description: "A change of the audit queue.", simpleResolvers: true })
export class AuditQueueChange {
  @Field(() => ChangeKind, { description: "How it changed." }) kind!: ChangeKind;
  @Field(() => ID, { description: "The listing that entered, changed or left." }) listingId!: string;
  @Field(() => ListingType, { nullable: true, description: "The listing as it is now; null if a re-org took it off the chain." }) listing!: ListingType | null;
  @Field(() => String, { description: "Resume after this change with it, also in the middle of the snapshot." }) cursor!: string;
}
