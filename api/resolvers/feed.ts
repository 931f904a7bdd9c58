import { Arg, Ctx, Int, Query, Resolver, Root, Subscription } from "type-graphql";
import { renewLoaders, type ApiContext } from "../context.js";
import { followMarket } from "../feed/follow-market.js";
import { readMarketCursor, readMarketEvents, showMarketEvent } from "../feed/market-events.js";
import { pageSize } from "../paging/page-size.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { MarketEventType } from "../types/chain.js";
import { MarketEventConnection } from "../types/feed.js";

@Resolver()
export class FeedResolver {
  @For(anyone)
  @Query(() => MarketEventConnection, { description: "The market's feed from its beginning, or after a cursor, in order." })
  async marketEvents(
    @Arg("first", () => Int, { nullable: true, description: "Size of the page: 1 to 200, 20 if left out." }) first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the entry before the page." }) after: string | null,
    @Ctx() { deps }: ApiContext,
  ): Promise<MarketEventConnection> {
    const size = pageSize(first);
    const from = after === null || after === undefined ? 0n : readMarketCursor(deps.keys.cursor, after);
    const events = await readMarketEvents(deps.database, from, size + 1);
    const edges = events.slice(0, size).map((event) => {
      const node = showMarketEvent(deps.keys.cursor, event);
      return { node, cursor: node.cursor };
    });
    return { edges, pageInfo: { hasNextPage: events.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
  }

  @For(anyone)
  @Subscription(() => MarketEventType, {
    name: "marketEvents",
    description: "Every entry of the market's feed after `after`, without loss or repetition; without it, those from now on.",
    subscribe: ({ args, context }: { args: { after?: string | null }; context: ApiContext }) => followMarket(context, args.after),
  })
  followMarketEvents(
    @Arg("after", () => String, { nullable: true, description: "Cursor of the last entry that was received." }) _after: string | null,
    @Root() event: MarketEventType,
    @Ctx() context: ApiContext,
  ): MarketEventType {
    renewLoaders(context);
    return event;
  }
}
