import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, ID, Info, Resolver, Root, Subscription, type ClassType } from "type-graphql";
import type { ObjectLiteral } from "typeorm";
import type { Listing, TradeOrder } from "../../schema/entities/index.js";
import { Role } from "../../schema/market.js";
import type { ApiContext } from "../context.js";
import { showMarketEvent } from "../feed/market-events.js";
import { Live } from "../live/live-query.js";
import { Finality } from "../live/market-cursor.js";
import { servedLive } from "../live/served-live.js";
import { jobs } from "../live/sources/jobs.js";
import { marketEvents } from "../live/sources/market-events.js";
import { auditQueue, disputeQueue } from "../live/sources/queues.js";
import { auditStats, chainHead, uploadProgress } from "../live/sources/states.js";
import { listing, listings, order, type ThingChange } from "../live/sources/things.js";
import type { QueueChange } from "../live/sources/waiting-queue.js";
import { readOne } from "../reading/read-one.js";
import type { Table } from "../reading/table.js";
import { listingTable, orderTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { accredited, anyone, operator, ownRows } from "../rules/rules.js";
import type { ChainArgs } from "../types/page-args.js";
import type { AuditClaim } from "../types/audit.js";
import { MarketEventType } from "../types/chain.js";
import { AuditQueueChange, AuditQueueFilter, AuditStats, ChainHead, DisputeQueueChange, JobEvent, ListingChange, LiveEventFilter, OrderChange } from "../types/live.js";
import { UploadType } from "../types/upload.js";

const afterText = "Cursor of the last message that was received.";
const finalityText = "All that the chain says, with what a re-org takes back; or only what is final.";

/** Every subscription. What each tells stands in `api/live/sources`; here is only what it is called and who may ask. */
@Resolver()
export class LiveResolver {
  @For(anyone)
  @Live(marketEvents)
  @Subscription(() => MarketEventType, { ...servedLive, name: "marketEvents", description: "Every entry of the market's feed after `after`, without loss or repetition; without it, those from now on. Errors: CURSOR_INVALID." })
  marketEvents(
    @Arg("after", () => String, { nullable: true, description: afterText }) _after: string | null,
    @Arg("where", () => LiveEventFilter, { nullable: true, description: "Which entries; all if left out." }) _where: LiveEventFilter | null,
    @Arg("finality", () => Finality, { defaultValue: Finality.HEAD, description: finalityText }) _finality: Finality,
    @Root() event: MarketEventType,
  ): MarketEventType {
    return event;
  }

  @For(accredited(Role.AUDITOR))
  @Live(auditQueue)
  @Subscription(() => AuditQueueChange, { ...servedLive, name: "auditQueue", description: "The queue as ADDED entries, oldest first, then each change; with `after` only what came after it. Accredited auditors only. Errors: NOT_ACCREDITED, CURSOR_INVALID." })
  auditQueue(
    @Arg("after", () => String, { nullable: true, description: afterText }) _after: string | null,
    @Arg("where", () => AuditQueueFilter, { nullable: true, description: "Which listings; all if left out." }) _where: AuditQueueFilter | null,
    @Root() change: QueueChange,
  ): QueueChange {
    return change;
  }

  @For(accredited(Role.AUDITOR))
  @Live(disputeQueue)
  @Subscription(() => DisputeQueueChange, { ...servedLive, name: "disputeQueue", description: "Disputed orders as ADDED entries, oldest first, then each change; with `after` only what came after it. Accredited auditors only. Errors: NOT_ACCREDITED, CURSOR_INVALID." })
  disputeQueue(@Arg("after", () => String, { nullable: true, description: afterText }) _after: string | null, @Root() change: QueueChange): QueueChange {
    return change;
  }

  @For(anyone)
  @Live(listing)
  @Subscription(() => ListingChange, { ...servedLive, name: "listing", description: "A listing as it is, then after each event about it or its orders." })
  listing(
    @Arg("id", () => ID, { description: "Its id on the chain." }) _id: string,
    @Arg("after", () => String, { nullable: true, description: afterText }) _after: string | null,
    @Arg("finality", () => Finality, { defaultValue: Finality.HEAD, description: finalityText }) _finality: Finality,
    @Root() change: ThingChange,
  ): ThingChange {
    return change;
  }

  @For(anyone)
  @Live(listings)
  @Subscription(() => ListingChange, { ...servedLive, name: "listings", description: "Each of these listings as it is, then after each event about one of them or its orders." })
  listings(
    @Arg("ids", () => [ID], { description: "Their ids on the chain: 1 to 1000." }) _ids: string[],
    @Arg("after", () => String, { nullable: true, description: afterText }) _after: string | null,
    @Arg("finality", () => Finality, { defaultValue: Finality.HEAD, description: finalityText }) _finality: Finality,
    @Root() change: ThingChange,
  ): ThingChange {
    return change;
  }

  @For(anyone)
  @Live(order)
  @Subscription(() => OrderChange, { ...servedLive, name: "order", description: "An order as it is, then after each event about it." })
  order(
    @Arg("id", () => ID, { description: "Its id on the chain." }) _id: string,
    @Arg("after", () => String, { nullable: true, description: afterText }) _after: string | null,
    @Arg("finality", () => Finality, { defaultValue: Finality.HEAD, description: finalityText }) _finality: Finality,
    @Root() change: ThingChange,
  ): ThingChange {
    return change;
  }

  @For(ownRows("the upload's owner"))
  @Live(uploadProgress)
  @Subscription(() => UploadType, { ...servedLive, name: "uploadProgress", description: "The viewer's upload as it is, then after each change, until nothing more can happen to it. Errors: NOT_FOUND." })
  uploadProgress(@Arg("id", () => ID, { description: "Its id." }) _id: string, @Root() upload: UploadType): UploadType {
    return upload;
  }

  @For(anyone)
  @Live(chainHead)
  @Subscription(() => ChainHead, { ...servedLive, name: "chainHead", description: "How far the index has followed the chain, now and after each block. The newest state: of several blocks at once only the last is told." })
  chainHead(@Root() head: ChainHead): ChainHead {
    return head;
  }

  @For(accredited(Role.AUDITOR))
  @Live(auditStats)
  @Subscription(() => AuditStats, { ...servedLive, name: "auditStats", description: "How the audit goes, now and after each change: the newest state. Accredited auditors only. Errors: NOT_ACCREDITED." })
  auditStats(@Root() stats: AuditStats): AuditStats {
    return stats;
  }

  @For(operator)
  @Live(jobs)
  @Subscription(() => JobEvent, { ...servedLive, name: "jobs", description: "What the platform works on: each step of an upload or a grant, and each job that gave up, after `after` or from now on. Operators only. Errors: FORBIDDEN, CURSOR_INVALID." })
  jobs(@Arg("after", () => String, { nullable: true, description: afterText }) _after: string | null, @Root() event: JobEvent): JobEvent {
    return event;
  }
}

@Resolver(() => AuditQueueChange)
export class AuditQueueChangeResolver {
  @FieldResolver()
  listingId(@Root() change: QueueChange): string {
    return change.id;
  }

  @FieldResolver()
  async listing(@Root() change: QueueChange, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<Listing | null> {
    return readOne(context, listingTable, "id", change.id, {}, info);
  }

  @FieldResolver()
  claims(@Root() { id: listingId, waiting }: QueueChange): AuditClaim[] {
    const claims = (waiting?.claims?.["claims"] ?? []) as (Record<"auditor" | "token" | "claimedAt" | "expiresAt", string> & { slot: number })[];
    return claims.map(({ slot, auditor, token, claimedAt, expiresAt }) => ({ listingId, slot, auditor, token: BigInt(token), claimedAt: new Date(claimedAt), expiresAt: new Date(expiresAt) }));
  }

  @FieldResolver()
  priority(@Root() { waiting }: QueueChange): number {
    return Number(waiting?.claims?.["priority"] ?? 0);
  }
}

@Resolver(() => DisputeQueueChange)
export class DisputeQueueChangeResolver {
  @FieldResolver()
  orderId(@Root() change: QueueChange): string {
    return change.id;
  }

  @FieldResolver()
  async order(@Root() change: QueueChange, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<TradeOrder | null> {
    return readOne(context, orderTable, "id", change.id, {}, info);
  }
}

/** The state that a change is shown with: the newest, or that of the finalized block. */
const stateOf = async ({ deps }: ApiContext, { finality }: ThingChange): Promise<ChainArgs> => (finality === Finality.FINALIZED ? { at: { block: Math.max(0, (await deps.freshness.now()).finalized) } } : {});
const eventOf = ({ deps }: ApiContext, { event, finality }: ThingChange): MarketEventType | null => event && showMarketEvent(deps.keys.cursor, event, finality);

/** Fields of a change of one thing: listings and orders differ in what these are called, and in the table. */
function changeResolver<Row extends ObjectLiteral>(type: ClassType<object>, name: "listing" | "order", table: Table<Row>): ClassType<object> {
  @Resolver(() => type)
  class ChangeResolver {
    readonly [field: string]: unknown;

    @FieldResolver()
    [`${name}Id`](@Root() change: ThingChange): string {
      return change.id;
    }

    @FieldResolver()
    async [name](@Root() change: ThingChange, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<Row | null> {
      return readOne(context, table, "id", change.id, await stateOf(context, change), info);
    }

    @FieldResolver()
    event(@Root() change: ThingChange, @Ctx() context: ApiContext): MarketEventType | null {
      return eventOf(context, change);
    }
  }
  return ChangeResolver;
}

export const ListingChangeResolver = changeResolver(ListingChange, "listing", listingTable);
export const OrderChangeResolver = changeResolver(OrderChange, "order", orderTable);
