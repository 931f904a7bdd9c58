import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { Participant, TradeOrder } from "../../schema/entities/index.js";
import { resolveAsOf, versionsAt } from "../chain/as-of.js";
import type { ApiContext } from "../context.js";
import { compileKeys } from "../filters/order-keys.js";
import { compileOrderFilter } from "../filters/order-filter.js";
import { compileParticipantFilter } from "../filters/participant-filter.js";
import { allOf } from "../filters/sql.js";
import { findPage, type Page } from "../paging/find-page.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { AsOf } from "../types/as-of.js";
import { OrderConnection, OrderFilter, ParticipantConnection, ParticipantFilter } from "../types/directory.js";
import { SortDirection } from "../types/states.js";

const newestOrders = compileKeys<TradeOrder>([
  { column: "o.purchased_block", type: "integer", direction: SortDirection.DESC, valueOf: ({ purchasedBlock }) => purchasedBlock },
  { column: "o.id", type: "text", direction: SortDirection.ASC, valueOf: ({ id }) => id },
]);
const byAccount = compileKeys<Participant>([{ column: "p.account", type: "text", direction: SortDirection.ASC, valueOf: ({ account }) => account }]);

@Resolver(() => OrderConnection)
export class OrderConnectionResolver {
  @For(anyone)
  @Query(() => OrderConnection, { description: "Orders, newest first. They stand on the chain for all to see; what was delivered is the buyer's alone." })
  async orders(
    @Arg("where", () => OrderFilter, { nullable: true, description: "Which ones; all if left out." }) where: OrderFilter | null,
    @Arg("first", () => Int, { nullable: true, description: "Size of the page: 1 to 200, 20 if left out." }) first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the entry before the page." }) after: string | null,
    @Arg("at", () => AsOf, { nullable: true, description: "As it was then; now if left out." }) at: AsOf | null,
    @Ctx() context: ApiContext,
  ): Promise<Page<TradeOrder>> {
    const { database, keys } = context.deps;
    const block = await resolveAsOf(context, at);
    const chosen = allOf([versionsAt("o", block), compileOrderFilter(where)]);
    const page = await findPage({ database, cursorKey: keys.cursor }, { entity: TradeOrder, from: "trade_order o", alias: "o", chosen, order: newestOrders, first, after });
    if (block !== null) for (const { node } of page.edges) context.asOf.set(node, block);
    return page;
  }

  @FieldResolver(() => Int, { description: "How many there are on all pages, exactly. Counted only when asked for." })
  async totalCount(@Root() page: Page<TradeOrder>): Promise<number> {
    return page.countAll();
  }
}

@Resolver(() => ParticipantConnection)
export class ParticipantConnectionResolver {
  @For(anyone)
  @Query(() => ParticipantConnection, { description: "The chain's registry, by address. It holds hashes alone, no names." })
  async participants(
    @Arg("where", () => ParticipantFilter, { nullable: true, description: "Which ones; all if left out." }) where: ParticipantFilter | null,
    @Arg("first", () => Int, { nullable: true, description: "Size of the page: 1 to 200, 20 if left out." }) first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the entry before the page." }) after: string | null,
    @Arg("at", () => AsOf, { nullable: true, description: "As it was then; now if left out. Whether an accreditation is `valid` is always told of now." }) at: AsOf | null,
    @Ctx() context: ApiContext,
  ): Promise<Page<Participant>> {
    const { database, keys } = context.deps;
    const chosen = allOf([versionsAt("p", await resolveAsOf(context, at)), compileParticipantFilter(where)]);
    return findPage({ database, cursorKey: keys.cursor }, { entity: Participant, from: "participant p", alias: "p", chosen, order: byAccount, first, after });
  }

  @FieldResolver(() => Int, { description: "How many there are on all pages, exactly. Counted only when asked for." })
  async totalCount(@Root() page: Page<Participant>): Promise<number> {
    return page.countAll();
  }
}
