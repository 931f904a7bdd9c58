import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import type { Participant, Withdrawal } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { compilePayoutFilter } from "../filters/payout-filter.js";
import { compilePayoutSort } from "../filters/sort-keys.js";
import type { Page } from "../paging/find-page.js";
import { pageOf } from "../paging/page-of.js";
import { resolveRelated } from "../reading/resolve-related.js";
import { payoutTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { PayoutFilter } from "../types/listing-filter.js";
import { Money, toMoney } from "../types/money.js";
import { ChainPageArgs } from "../types/page-args.js";
import { ParticipantType } from "../types/participant.js";
import { PayoutConnection, PayoutType } from "../types/payout.js";
import { PayoutSort } from "../types/sort.js";

@Resolver(() => PayoutType)
export class PayoutResolver {
  @For(anyone)
  @Query(() => PayoutConnection, { description: "Payouts, newest first unless asked otherwise. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async payouts(
    @Arg("where", () => PayoutFilter, { nullable: true, description: "Which ones; all if left out." }) where: PayoutFilter | null,
    @Arg("orderBy", () => [PayoutSort], { nullable: true, description: "Sort keys, the first one first." }) orderBy: PayoutSort[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Withdrawal>> {
    return pageOf(context, page, info, { table: payoutTable, alias: "w", where: (scope) => compilePayoutFilter(where, scope), order: compilePayoutSort(orderBy) });
  }

  @For(anyone)
  @FieldResolver(() => Money, { description: "How much." })
  amount(@Root() payout: Withdrawal, @Ctx() { deps }: ApiContext): Money {
    return toMoney(deps.market.currency, payout.amount);
  }

  @For(anyone)
  @FieldResolver(() => ParticipantType, { nullable: true, description: "The account in the chain's registry; null for a payee that is not in it." })
  participant(@Root() payout: Withdrawal, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Participant | null | Promise<Participant | null> {
    return resolveRelated(context, payoutTable, payout, info);
  }
}
