import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { AccessGrant, type Listing, type TradeOrder } from "../../schema/entities/index.js";
import { Purpose, Role } from "../../schema/market.js";
import { resolveAsOf } from "../chain/as-of.js";
import { waitForBlock } from "../chain/wait-for-block.js";
import type { ApiContext } from "../context.js";
import { parseHash } from "../input/parse.js";
import { listingAt, orderAt } from "../loaders/versions.js";
import { For } from "../rules/rule.js";
import { accredited, anyone, theAccountOf } from "../rules/rules.js";
import { preparePurchase } from "../trade/prepare-purchase.js";
import { AccessGrantType } from "../types/access.js";
import { AsOf } from "../types/as-of.js";
import { ChainMoment } from "../types/chain.js";
import { ListingType } from "../types/listing.js";
import { Money, toMoney } from "../types/money.js";
import { OrderType, PreparedPurchase, PurchaseInput } from "../types/order.js";
import { DateTimeScalar } from "../types/scalars.js";
import { toPurposes } from "./listing.js";

const orderQuery = (name: string): string => `An order by its id; null if the index has none.${name}`;
const moment = (block: number | null, time: Date | null, transactionHash: string | null): ChainMoment | null =>
  block === null || time === null || transactionHash === null ? null : { block, time, transactionHash };
const fromSeconds = (seconds: bigint): Date => new Date(Number(seconds) * 1000);

@Resolver(() => OrderType)
export class OrderResolver {
  @For(anyone)
  @Query(() => OrderType, { nullable: true, description: orderQuery("") })
  async purchase(
    @Arg("id", () => ID, { description: "Its id on the chain." }) id: string,
    @Arg("minBlock", () => Int, { nullable: true, description: "Wait until the index has this block (at most 5 s): NOT_READY otherwise." }) minBlock: number | null,
    @Arg("at", () => AsOf, { nullable: true, description: "As it was then; now if left out." }) at: AsOf | null,
    @Ctx() context: ApiContext,
  ): Promise<TradeOrder | null> {
    await waitForBlock(context.deps, minBlock);
    return orderAt(context, parseHash("id", id), await resolveAsOf(context, at));
  }

  @For(anyone)
  @Query(() => OrderType, { nullable: true, description: orderQuery(" The same as `purchase`.") })
  async order(
    @Arg("id", () => ID, { description: "Its id on the chain." }) id: string,
    @Arg("minBlock", () => Int, { nullable: true, description: "Wait until the index has this block (at most 5 s): NOT_READY otherwise." }) minBlock: number | null,
    @Arg("at", () => AsOf, { nullable: true, description: "As it was then; now if left out." }) at: AsOf | null,
    @Ctx() context: ApiContext,
  ): Promise<TradeOrder | null> {
    await waitForBlock(context.deps, minBlock);
    return orderAt(context, parseHash("id", id), await resolveAsOf(context, at));
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
  async listing(@Root() order: TradeOrder, @Ctx() context: ApiContext): Promise<Listing | null> {
    return listingAt(context, order.listingId, context.asOf.get(order) ?? null);
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

  @For(theAccountOf("buyer", "the order's buyer", "null"))
  @FieldResolver(() => AccessGrantType, { nullable: true, description: "The access that was bought. For the buyer; null for others and until it is prepared." })
  async grant(@Root() order: TradeOrder, @Ctx() { viewer, deps }: ApiContext): Promise<AccessGrant | null> {
    if (viewer?.account !== order.buyer) return null;
    return deps.database.getRepository(AccessGrant).findOneBy({ kind: "ORDER", subject: order.id, account: order.buyer });
  }
}
