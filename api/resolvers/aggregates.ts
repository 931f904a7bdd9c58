import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root, type ClassType } from "type-graphql";
import type { Repeatable } from "../aggregates/answer.js";
import { askedOf } from "../aggregates/asked.js";
import { aggregateAudits } from "../aggregates/audit-aggregates.js";
import { auditSource } from "../aggregates/audit-source.js";
import { aggregateListings } from "../aggregates/listing-aggregates.js";
import { listingSource } from "../aggregates/listing-source.js";
import { aggregateOrders } from "../aggregates/order-aggregates.js";
import { orderSource } from "../aggregates/order-source.js";
import { resolveAsOf } from "../chain/as-of.js";
import { Changing } from "../citations/changing.js";
import type { ApiContext } from "../context.js";
import { prepareGroups } from "../export/prepare-export.js";
import { selectionOf } from "../reading/selection.js";
import { Cost } from "../limits/costs.js";
import { For } from "../rules/rule.js";
import { anyone, signedIn } from "../rules/rules.js";
import type { AggregatesAnswer } from "../types/aggregates.js";
import { AuditAggregates, AuditAggregatesArgs } from "../types/audit-aggregates.js";
import { ExportFormat, ExportLink, ExportSource } from "../types/export.js";
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
  async listingAggregates(@Args(() => ListingAggregatesArgs) args: ListingAggregatesArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<ListingAggregates & Repeatable> {
    return aggregateListings({ ...context.deps, currency: context.deps.market.currency }, args, await resolveAsOf(context, args.at), askedOf(listingSource, selectionOf(info)));
  }

  @For(anyone)
  @Cost(aggregateCost)
  @Query(() => OrderAggregates, { description: `Counts and statistics of orders in groups ${errors} Each order stands on the chain for all to see: so do their sums.` })
  async orderAggregates(@Args(() => OrderAggregatesArgs) args: OrderAggregatesArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<OrderAggregates & Repeatable> {
    return aggregateOrders({ ...context.deps, currency: context.deps.market.currency }, args, await resolveAsOf(context, args.at), askedOf(orderSource, selectionOf(info)));
  }

  @For(anyone)
  @Cost(aggregateCost)
  @Query(() => AuditAggregates, { description: `Counts of auditors' votes in groups, and how long they took, ${errors}` })
  async auditAggregates(@Args(() => AuditAggregatesArgs) args: AuditAggregatesArgs, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<AuditAggregates & Repeatable> {
    return aggregateAudits(context.deps, args, await resolveAsOf(context, args.at), askedOf(auditSource, selectionOf(info)));
  }
}

/** Makes the resolver of an answer's `export`. */
function exportOf(answer: ClassType<AggregatesAnswer & { groups: object[] }>, source: ExportSource): new () => object {
  @Resolver(() => answer)
  class AnswerExport {
    @For(signedIn)
    // Whoever opens the link has it computed again.
    @Cost(aggregateCost)
    @Changing("its link ends")
    @FieldResolver(() => ExportLink, { nullable: true, description: "A signed link, that lives five minutes, to these groups as a file: a column for each dimension and measure that `groups` selects. Errors: BAD_INPUT." })
    async export(@Root() { groups, again }: AggregatesAnswer & { groups: object[] } & Repeatable, @Arg("format", () => ExportFormat, { description: "How." }) format: ExportFormat, @Ctx() context: ApiContext): Promise<ExportLink> {
      return prepareGroups(context, source, format, { groups: groups.length, query: again() });
    }
  }
  return AnswerExport;
}

export const ListingAggregatesExport = exportOf(ListingAggregates, ExportSource.LISTINGS);
export const OrderAggregatesExport = exportOf(OrderAggregates, ExportSource.ORDERS);
export const AuditAggregatesExport = exportOf(AuditAggregates, ExportSource.AUDITS);
