import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Info, Query, Resolver } from "type-graphql";
import { askedOf } from "../aggregates/asked.js";
import { aggregateAudits } from "../aggregates/audit-aggregates.js";
import { auditSource } from "../aggregates/audit-source.js";
import { aggregateListings } from "../aggregates/listing-aggregates.js";
import { listingSource } from "../aggregates/listing-source.js";
import { aggregateOrders } from "../aggregates/order-aggregates.js";
import { orderSource } from "../aggregates/order-source.js";
import { resolveAsOf } from "../chain/as-of.js";
import type { ApiContext } from "../context.js";
import { selectionOf } from "../reading/selection.js";
import { Cost } from "../limits/costs.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { AuditAggregates, AuditAggregatesArgs } from "../types/audit-aggregates.js";
import { ListingAggregates, ListingAggregatesArgs } from "../types/listing-aggregates.js";
import { OrderAggregates, OrderAggregatesArgs } from "../types/order-aggregates.js";

const errors = "(at most 10,000), exactly. Errors: BAD_INPUT, LIMIT_EXCEEDED, NOT_READY.";

/** A statement over all rows that are chosen. */
const aggregateCost = 200;

@Resolver()
export class AggregatesResolver {
  @For(anyone)
  @Cost(aggregateCost)
  @Query(() => ListingAggregates, { description: `Counts and statistics of listings in groups ${errors}` })
  async listingAggregates(@Args(() => ListingAggregatesArgs) args: ListingAggregatesArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<ListingAggregates> {
    return aggregateListings({ ...context.deps, currency: context.deps.market.currency }, args, await resolveAsOf(context, args.at), askedOf(listingSource, selectionOf(info)));
  }

  @For(anyone)
  @Cost(aggregateCost)
  @Query(() => OrderAggregates, { description: `Counts and statistics of orders in groups ${errors} Each order stands on the chain for all to see: so do their sums.` })
  async orderAggregates(@Args(() => OrderAggregatesArgs) args: OrderAggregatesArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<OrderAggregates> {
    return aggregateOrders({ ...context.deps, currency: context.deps.market.currency }, args, await resolveAsOf(context, args.at), askedOf(orderSource, selectionOf(info)));
  }

  @For(anyone)
  @Cost(aggregateCost)
  @Query(() => AuditAggregates, { description: `Counts of auditors' votes in groups, and how long they took, ${errors}` })
  async auditAggregates(@Args(() => AuditAggregatesArgs) args: AuditAggregatesArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<AuditAggregates> {
    return aggregateAudits(context.deps, args, await resolveAsOf(context, args.at), askedOf(auditSource, selectionOf(info)));
  }
}
