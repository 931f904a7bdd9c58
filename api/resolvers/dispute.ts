import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import type { Dispute, DisputeVote, Listing, TradeOrder } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { compileDisputeFilter } from "../filters/dispute-filter.js";
import { compileDisputeSort } from "../filters/sort-keys.js";
import type { Page } from "../paging/find-page.js";
import { pageOf } from "../paging/page-of.js";
import { resolveRelated } from "../reading/resolve-related.js";
import { disputeTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { ChainMoment } from "../types/chain.js";
import { DisputeConnection, DisputeFilter, DisputeSort, DisputeType, DisputeVoteType } from "../types/disputes.js";
import { ListingType } from "../types/listing.js";
import { OrderType } from "../types/order.js";
import { ChainPageArgs } from "../types/page-args.js";
import { BigIntScalar, DateTimeScalar } from "../types/scalars.js";

@Resolver(() => DisputeType)
export class DisputeResolver {
  @For(anyone)
  @Query(() => DisputeConnection, { description: "Disputes, newest first unless asked otherwise. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async disputes(
    @Arg("where", () => DisputeFilter, { nullable: true, description: "Which ones; all if left out." }) where: DisputeFilter | null,
    @Arg("orderBy", () => [DisputeSort], { nullable: true, description: "Sort keys, the first one first." }) orderBy: DisputeSort[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Dispute>> {
    return pageOf(context, page, info, { table: disputeTable, alias: "d", where: (scope) => compileDisputeFilter(where, scope), order: compileDisputeSort(orderBy) });
  }

  @For(anyone)
  @FieldResolver(() => BigIntScalar, { description: "Number of the chunk that is complained of, from 0." })
  leafIndex(@Root() dispute: Dispute): bigint {
    return dispute.leafIndex;
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Until when auditors may vote; a pause of the market moves it." })
  voteUntil(@Root() dispute: Dispute): Date {
    return new Date(Number(dispute.voteUntil) * 1000);
  }

  @For(anyone)
  @FieldResolver(() => ChainMoment, { description: "When it was opened." })
  opened(@Root() dispute: Dispute): ChainMoment {
    return { block: dispute.openedBlock, time: dispute.openedTime, transactionHash: dispute.openedTransaction };
  }

  @For(anyone)
  @FieldResolver(() => ChainMoment, { nullable: true, description: "When it was decided; null while it is open." })
  resolved(@Root() { resolvedBlock: block, resolvedTime: time, resolvedTransaction: transactionHash }: Dispute): ChainMoment | null {
    return block === null || time === null || transactionHash === null ? null : { block, time, transactionHash };
  }

  @For(anyone)
  @FieldResolver(() => [DisputeVoteType], { description: "The auditors' votes, oldest first." })
  votes(@Root() dispute: Dispute, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): DisputeVote[] | Promise<DisputeVote[]> {
    return resolveRelated(context, disputeTable, dispute, info);
  }

  @For(anyone)
  @FieldResolver(() => OrderType, { nullable: true, description: "The order." })
  order(@Root() dispute: Dispute, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): TradeOrder | null | Promise<TradeOrder | null> {
    return resolveRelated(context, disputeTable, dispute, info);
  }

  @For(anyone)
  @FieldResolver(() => ListingType, { nullable: true, description: "What was bought." })
  listing(@Root() dispute: Dispute, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Listing | null | Promise<Listing | null> {
    return resolveRelated(context, disputeTable, dispute, info);
  }
}
