import { compileListingFilter } from "../filters/listing-filter.js";
import { filterScope } from "../filters/scope.js";
import type { ListingAggregate, ListingAggregates, ListingAggregatesArgs } from "../types/listing-aggregates.js";
import type { Currency } from "../types/money.js";
import { answerAggregate, type AggregateDeps, type Repeatable } from "./answer.js";
import type { Asked } from "./asked.js";
import { listingSource } from "./listing-source.js";
import { parseAggregateQuery } from "./parse-query.js";
import type { AggregateQuery } from "./query.js";
import { amountStatistics } from "./statistics.js";

/** @param at - block; null for now. @throws AppError BAD_INPUT, LIMIT_EXCEEDED */
export async function aggregateListings(deps: AggregateDeps & { currency: Currency }, args: Omit<ListingAggregatesArgs, "at">, at: number | null, asked: Asked): Promise<ListingAggregates & Repeatable> {
  const queryAt = (block: number | null): AggregateQuery => parseAggregateQuery(listingSource, args, { where: compileListingFilter(args.where, filterScope("l", block)), at: block, asked });
  const query = queryAt(at);
  const { groups, ...answer } = await answerAggregate(deps, query);
  return {
    ...answer,
    again: () => ({ ...queryAt(answer.block), at: answer.block }),
    groups: groups.map(({ keys, period, count, distinct, amounts }) => ({
      status: keys["STATUS"] ?? null,
      dataKind: keys["DATA_KIND"] ?? null,
      region: keys["REGION"] ?? null,
      provider: keys["PROVIDER"] ?? null,
      providerKind: keys["PROVIDER_KIND"] ?? null,
      purpose: keys["PURPOSE"] ?? null,
      modality: keys["MODALITY"] ?? null,
      period,
      count,
      providers: distinct["providers"],
      sales: Number(amounts["sales"]?.sum ?? 0n),
      price: amountStatistics(query, deps.currency, amounts["price"]!),
      predicted: amountStatistics(query, deps.currency, amounts["predicted"]!),
    })) as ListingAggregate[],
  };
}
