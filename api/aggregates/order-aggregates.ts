import { compileOrderFilter } from "../filters/listing-filter.js";
import { filterScope } from "../filters/scope.js";
import type { Currency } from "../types/money.js";
import type { OrderAggregate, OrderAggregates, OrderAggregatesArgs } from "../types/order-aggregates.js";
import { answerAggregate, type AggregateDeps, type Repeatable } from "./answer.js";
import type { Asked } from "./asked.js";
import { orderSource } from "./order-source.js";
import { parseAggregateQuery } from "./parse-query.js";
import type { AggregateQuery } from "./query.js";
import { amountStatistics } from "./statistics.js";

/** @param at - block; null for now. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export async function aggregateOrders(deps: AggregateDeps & { currency: Currency }, args: Omit<OrderAggregatesArgs, "at">, at: number | null, asked: Asked): Promise<OrderAggregates & Repeatable> {
  const queryAt = (block: number | null): AggregateQuery => parseAggregateQuery(orderSource, args, { where: compileOrderFilter(args.where, filterScope("o", block)), at: block, asked });
  const query = queryAt(at);
  const { groups, ...answer } = await answerAggregate(deps, query);
  return {
    ...answer,
    again: () => ({ ...queryAt(answer.block), at: answer.block }),
    groups: groups.map(({ keys, period, count, distinct, amounts }) => ({
      status: keys["STATUS"] ?? null,
      purpose: keys["PURPOSE"] ?? null,
      buyer: keys["BUYER"] ?? null,
      buyerKind: keys["BUYER_KIND"] ?? null,
      dataKind: keys["DATA_KIND"] ?? null,
      region: keys["REGION"] ?? null,
      provider: keys["PROVIDER"] ?? null,
      providerKind: keys["PROVIDER_KIND"] ?? null,
      period,
      count,
      buyers: distinct["buyers"],
      listings: distinct["listings"],
      providers: distinct["providers"],
      price: amountStatistics(query, deps.currency, amounts["price"]!),
      fee: amountStatistics(query, deps.currency, amounts["fee"]!),
    })) as OrderAggregate[],
  };
}
