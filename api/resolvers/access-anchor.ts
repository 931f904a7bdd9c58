import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import type { AccessAnchor } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { compileAccessAnchorFilter } from "../filters/access-anchor-filter.js";
import { compileAccessAnchorSort } from "../filters/sort-keys.js";
import type { Page } from "../paging/find-page.js";
import { pageOf } from "../paging/page-of.js";
import { anchorTable } from "../reading/tables.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { AccessAnchorConnection, AccessAnchorType } from "../types/access-anchor.js";
import { AccessAnchorFilter } from "../types/listing-filter.js";
import { ChainPageArgs } from "../types/page-args.js";
import { BigIntScalar, DateTimeScalar } from "../types/scalars.js";
import { AccessAnchorSort } from "../types/sort.js";

const fromSeconds = (seconds: bigint): Date => new Date(Number(seconds) * 1000);

@Resolver(() => AccessAnchorType)
export class AccessAnchorResolver {
  @For(anyone)
  @Query(() => AccessAnchorConnection, { description: "Anchors of the access log on the chain, newest first unless asked otherwise. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async accessAnchors(
    @Arg("where", () => AccessAnchorFilter, { nullable: true, description: "Which ones; all if left out." }) where: AccessAnchorFilter | null,
    @Arg("orderBy", () => [AccessAnchorSort], { nullable: true, description: "Sort keys, the first one first." }) orderBy: AccessAnchorSort[] | null,
    @Args(() => ChainPageArgs) page: ChainPageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<AccessAnchor>> {
    return pageOf(context, page, info, { table: anchorTable, alias: "a", where: (scope) => compileAccessAnchorFilter(where, scope), order: compileAccessAnchorSort(orderBy) });
  }

  @For(anyone)
  @FieldResolver(() => BigIntScalar, { description: "The batch's number on the chain." })
  index(@Root() anchor: AccessAnchor): bigint {
    return anchor.batchIndex;
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Time of the batch's first record." })
  firstTime(@Root() anchor: AccessAnchor): Date {
    return fromSeconds(anchor.firstTime);
  }

  @For(anyone)
  @FieldResolver(() => DateTimeScalar, { description: "Time of the batch's last record." })
  lastTime(@Root() anchor: AccessAnchor): Date {
    return fromSeconds(anchor.lastTime);
  }
}
