import { Arg, Ctx, FieldResolver, Query, Resolver, Root, Subscription } from "type-graphql";
import type { Listing } from "../../schema/entities/index.js";
import { Role } from "../../schema/market.js";
import { findWaiting } from "../audit/find-waiting.js";
import { renewLoaders, type ApiContext } from "../context.js";
import type { QueueChange } from "../feed/audit-queue.js";
import { followAuditQueue } from "../feed/follow-audit-queue.js";
import { For } from "../rules/rule.js";
import { accredited } from "../rules/rules.js";
import { AuditQueueChange } from "../types/feed.js";
import { AuditQueueEntry } from "../types/audit.js";
import { ListingType } from "../types/listing.js";

/** Longest queue shown at once; the subscription shows all. */
const queueLimit = 500;

@Resolver(() => AuditQueueChange)
export class AuditQueueResolver {
  @For(accredited(Role.AUDITOR))
  @Query(() => [AuditQueueEntry], { description: "Listings that wait for the auditors, the most urgent first (at most 500): by priority, and an hour's waiting for each step of it. Accredited auditors only. Errors: NOT_ACCREDITED." })
  async auditQueue(@Ctx() context: ApiContext): Promise<Omit<AuditQueueEntry, "listing">[]> {
    return findWaiting(context.deps, queueLimit);
  }

  @For(accredited(Role.AUDITOR))
  @Subscription(() => AuditQueueChange, {
    name: "auditQueue",
    description: "The queue as ADDED entries, oldest first, then each change; with `after` only what came after it. Accredited auditors only. Errors: NOT_ACCREDITED, CURSOR_INVALID.",
    subscribe: ({ args, context }: { args: { after?: string | null }; context: ApiContext }) => followAuditQueue(context, args.after),
  })
  followAuditQueue(
    @Arg("after", () => String, { nullable: true, description: "Cursor of the last change that was received." }) _after: string | null,
    @Root() change: QueueChange,
    @Ctx() context: ApiContext,
  ): QueueChange {
    renewLoaders(context);
    return change;
  }

  @FieldResolver(() => ListingType, { nullable: true })
  async listing(@Root() change: QueueChange, @Ctx() { loaders }: ApiContext): Promise<Listing | null> {
    return loaders.listing.load(change.listingId);
  }
}
