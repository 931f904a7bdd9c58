import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, Info, Int, Query, Resolver } from "type-graphql";
import type { MarketEvent } from "../../schema/entities/index.js";
import type { ApiContext } from "../context.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { showMarketEvent } from "../feed/market-events.js";
import { compileMarketEventFilter } from "../filters/market-event-filter.js";
import { compileKeys } from "../filters/order-keys.js";
import { filterScope } from "../filters/scope.js";
import { marketCursor, marketCursorScope } from "../live/market-cursor.js";
import { findPage } from "../paging/find-page.js";
import { readerAt } from "../reading/reader-at.js";
import { selectionOf } from "../reading/selection.js";
import { eventTable } from "../reading/tables.js";
import type { MarketEventType } from "../types/chain.js";
import { MarketEventConnection } from "../types/feed.js";
import { MarketEventFilter } from "../types/listing-filter.js";
import { PageArgs } from "../types/page-args.js";
import { SortDirection } from "../types/states.js";

/** By number: a cursor holds what the subscription's does. */
const inOrder = compileKeys([{ column: "e.seq", type: "bigint", direction: SortDirection.ASC }]);

@Resolver()
export class FeedResolver {
  @For(anyone)
  @Query(() => MarketEventConnection, { description: "The market's feed from its beginning, in order: history that is never changed, so `before` an entry it is what it was then. A cursor is good for every filter, and for the subscription. Errors: BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY." })
  async marketEvents(
    @Arg("where", () => MarketEventFilter, { nullable: true, description: "Which entries; all if left out." }) where: MarketEventFilter | null,
    @Arg("minBlock", () => Int, { nullable: true, description: "Wait until the index has this block (at most 5 s): NOT_READY otherwise." }) minBlock: number | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ApiContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    const { database, keys } = context.deps;
    const reader = await readerAt(context, { minBlock });
    const found = await findPage(
      { database, cursorKey: keys.cursor },
      { table: eventTable, alias: "e", where: compileMarketEventFilter(where, filterScope("e")), order: inOrder, paging: page, reader, selection: selectionOf(info), scope: marketCursorScope },
    );
    const show = (event: MarketEvent): MarketEventType => showMarketEvent(keys.cursor, event);
    return { ...found, nodes: found.nodes.map(show), edges: found.edges.map(({ node }) => ({ node: show(node), cursor: marketCursor(keys.cursor, node.seq) })) };
  }
}
