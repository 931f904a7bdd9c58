import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from "type-graphql";
import type { AccessGrant, Dispute, Listing, MarketEvent, Participant, TradeOrder } from "../../schema/entities/index.js";
import { Purpose, Role } from "../../schema/market.js";
import type { ApiContext } from "../context.js";
import { compileOrderFilter } from "../filters/listing-filter.js";
import { compileOrderSort } from "../filters/sort-keys.js";
import { parseHash } from "../input/parse.js";
import { For } from "../rules/rule.js";
import { accredited, anyone, theAccountOf } from "../rules/rules.js";
import { toStep } from "../listings/provenance.js";
import type { Page } from "../paging/find-page.js";
import { pageOf } from "../paging/page-of.js";
import { readOne } from "../reading/read-one.js";
import { resolveRelated } from "../reading/resolve-related.js";
import { orderTable } from "../reading/tables.js";
import { preparePurchase } from "../trade/prepare-purchase.js";
import { AccessGrantType } from "../types/access.js";
import { ChainMoment } from "../types/chain.js";
import { OrderConnection } from "../types/directory.js";
import { DisputeType } from "../types/disputes.js";
import { OrderFilter } from "../types/listing-filter.js";
import { ListingType } from "../types/listing.js";
import { Money, toMoney } from "../types/money.js";
import { OrderType, PreparedPurchase, PurchaseInput } from "../types/order.js";
import { ChainArgs, ChainPageArgs } from "../types/page-args.js";
import { ParticipantType } from "../types/participant.js";
import { ProvenanceStep } from "../types/provenance.js";
import { DateTimeScalar } from "../types/scalars.js";
import { OrderSort } from "../types/sort.js";
import { toPurposes } from "./listing.js";

const orderQuery = (name: string): string => `An order by its id; null if the index has none.${name}`;
const moment = (block: number | null, time: Date | null, transactionHash: string | null): ChainMoment | null =>
  block === null || time === null || transactionHash === null ? null : { block, time, transactionHash };
const fromSeconds = (seconds: bigint): Date => new Date(Number(seconds) * 1000);

@Resolver(() => OrderType)
export class OrderResolver {
  @For(anyone)
  @Query(() => OrderType, { nullable: true, description: orderQuery("") })
  async purchase(@Arg("id", () => ID, { description: "Its id on the chain." }) id: string, @Args(() => ChainArgs) chain: ChainArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<TradeOrder | null> {
    return readOne(context, orderTable, "id", parseHash("id", id), chain, info);
  }

  @For(anyone)
  @Query(() => OrderType, { nullable: true, description: orderQuery(" The same as `purchase`.") })
  async order(@Arg("id", () => ID, { description: "Its id on the chain." }) id: string, @Args(() => ChainArgs) chain: ChainArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<TradeOrder | null> {
    return readOne(context, orderTable, "id", parseHash("id", id), chain, info);
  }

  @For(anyone)
  @Query(() => OrderConnection, { description: "Orders, newest first unless asked otherwise. They stand on the chain for all to see; what was delivered is the buyer's alone. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async orders(
    @Arg("where", () => OrderFilter, { nullable: true, description: "Which ones; all if left out." }) where: OrderFilter | null,
    @Arg("orderBy", () => [OrderSort], { nullable: true, description: "Sort keys, the first one first." }) orderBy: OrderSort[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<TradeOrder>> {
    return pageOf(context, page, info, { table: orderTable, alias: "o", where: (scope) => compileOrderFilter(where, scope), order: compileOrderSort(orderBy) });
  }

  @For(accredited(Role.BUYER))
  @Mutation(() => PreparedPurchase, {
    description: "Checks a purchase and makes what the buyer's wallet signs and sends. Errors: NOT_ACCREDITED, NOT_FOUND, NOT_TRADABLE, PURPOSE_NOT_ALLOWED, CONFLICT.",
  })
  async preparePurchase(@Arg("input", () => PurchaseInput, { description: "What to buy." }) input: PurchaseInput, @Ctx() context: ApiContext): Promise<PreparedPurchase> {
    return preparePurchase(context, input);
  }

  @For(anyone)
  @FieldResolver(() => ListingType, { nullable: true, description: "The listing that was bought." })
  listing(@Root() order: TradeOrder, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Listing | null | Promise<Listing | null> {
    return resolveRelated(context, orderTable, order, info);
  }

  @For(anyone)
  @FieldResolver(() => ParticipantType, { nullable: true, description: "The buyer in the chain's registry." })
  participant(@Root() order: TradeOrder, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Participant | null | Promise<Participant | null> {
    return resolveRelated(context, orderTable, order, info);
  }

  @For(anyone)
  @FieldResolver(() => [ProvenanceStep], { description: "Its whole way on the chain, oldest first: who, when, in which transaction." })
  async provenance(@Root() order: TradeOrder, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<ProvenanceStep[]> {
    return (await resolveRelated<MarketEvent[], TradeOrder>(context, orderTable, order, info)).map(toStep);
  }

  @For(anyone)
  @FieldResolver(() => Money, { description: "What was paid." })
  price(@Root() order: TradeOrder, @Ctx() { deps }: ApiContext): Money {
    return toMoney(deps.market.currency, order.price);
  }

  @For(anyone)
  @FieldResolver(() => Money, { nullable: true, description: "The platform's share; null before it is settled." })
  fee(@Root() order: TradeOrder, @Ctx() { deps }: ApiContext): Money | null {
    return order.fee === null ? null : toMoney(deps.market.currency, order.fee);
  }

  @For(anyone)
  @FieldResolver(() => [Purpose], { description: "What it was bought for." })
  purpose(@Root() order: TradeOrder): Purpose[] {
    return toPurposes(order.purpose);
  }

  @For(anyone)
  @FieldResolver(() => String, { description: "The buyer's salt: settle and refund take it." })
  salt(@Root() order: TradeOrder): string {
    return order.salt;
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Until when it must be delivered; after it anyone may refund." })
  deliverBy(@Root() order: TradeOrder): Date {
    return fromSeconds(order.deliverBy);
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { nullable: true, description: "After it anyone may settle; null before the delivery." })
  settleAfter(@Root() order: TradeOrder): Date | null {
    return order.settleAfter === null ? null : fromSeconds(order.settleAfter);
  }

  @For(anyone)
  @FieldResolver(() => ChainMoment, { description: "When it was bought." })
  purchased(@Root() order: TradeOrder): ChainMoment {
    return { block: order.purchasedBlock, time: order.purchasedTime, transactionHash: order.purchasedTransaction };
  }

  @For(anyone)
  @FieldResolver(() => ChainMoment, { nullable: true, description: "When it was delivered." })
  delivered(@Root() order: TradeOrder): ChainMoment | null {
    return moment(order.deliveredBlock, order.deliveredTime, order.deliveredTransaction);
  }

  @For(anyone)
  @FieldResolver(() => ChainMoment, { nullable: true, description: "When it was settled or refunded." })
  closed(@Root() order: TradeOrder): ChainMoment | null {
    return moment(order.closedBlock, order.closedTime, order.closedTransaction);
  }

  @For(anyone)
  @FieldResolver(() => DisputeType, { nullable: true, description: "The dispute of it, if there was one." })
  dispute(@Root() order: TradeOrder, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Dispute | null | Promise<Dispute | null> {
    return resolveRelated(context, orderTable, order, info);
  }

  @For(theAccountOf("buyer", "the order's buyer", "null"))
  @FieldResolver(() => AccessGrantType, { nullable: true, description: "The access that was bought. For the buyer; null for others and until it is prepared." })
  grant(@Root() order: TradeOrder, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): AccessGrant | null | Promise<AccessGrant | null> {
    return resolveRelated(context, orderTable, order, info);
  }
}
