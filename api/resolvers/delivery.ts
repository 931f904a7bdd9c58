import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from "type-graphql";
import type { Listing, TradeOrder } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { compileOrderFilter } from "../filters/listing-filter.js";
import { compileDeliverySort } from "../filters/sort-keys.js";
import type { Page } from "../paging/find-page.js";
import { pageOf } from "../paging/page-of.js";
import { resolveRelated } from "../reading/resolve-related.js";
import { deliveryTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { DeliveryConnection, DeliveryType } from "../types/delivery.js";
import { OrderFilter } from "../types/listing-filter.js";
import { ListingType } from "../types/listing.js";
import { OrderType } from "../types/order.js";
import { ChainPageArgs } from "../types/page-args.js";
import { DateTimeScalar } from "../types/scalars.js";
import { DeliverySort } from "../types/sort.js";

@Resolver(() => DeliveryType)
export class DeliveryResolver {
  @For(anyone)
  @Query(() => DeliveryConnection, { description: "Deliveries, newest first unless asked otherwise. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async deliveries(
    @Arg("where", () => OrderFilter, { nullable: true, description: "Of which orders; all that were delivered if left out." }) where: OrderFilter | null,
    @Arg("orderBy", () => [DeliverySort], { nullable: true, description: "Sort keys, the first one first." }) orderBy: DeliverySort[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<TradeOrder>> {
    return pageOf(context, page, info, { table: deliveryTable, alias: "o", where: (scope) => compileOrderFilter(where, scope), order: compileDeliverySort(orderBy) });
  }

  @For(anyone)
  @FieldResolver(() => OrderType, { description: "The order that was delivered." })
  order(@Root() delivery: TradeOrder, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): TradeOrder | Promise<TradeOrder> {
    return resolveRelated(context, deliveryTable, delivery, info);
  }

  @For(anyone)
  @FieldResolver(() => ListingType, { nullable: true, description: "What was bought." })
  listing(@Root() delivery: TradeOrder, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Listing | null | Promise<Listing | null> {
    return resolveRelated(context, deliveryTable, delivery, info);
  }

  @For(anyone)
  @FieldResolver(() => ID, { description: "Its id on the chain." })
  orderId(@Root() delivery: TradeOrder): string {
    return delivery.id;
  }

  @For(anyone)
  @FieldResolver(() => Int, { description: "Number of the delivery's block." })
  block(@Root() delivery: TradeOrder): number | null {
    return delivery.deliveredBlock;
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Time of that block." })
  time(@Root() delivery: TradeOrder): Date | null {
    return delivery.deliveredTime;
  }

  @For(anyone)
  @FieldResolver(() => String, { description: "The delivery's transaction." })
  transactionHash(@Root() delivery: TradeOrder): string | null {
    return delivery.deliveredTransaction;
  }
}
