import { Arg, Ctx, Float, Query, Resolver } from "type-graphql";
import { aggregateListings } from "../aggregates/listing-aggregates.js";
import { resolveAsOf } from "../chain/as-of.js";
import type { ApiContext } from "../context.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { ListingAggregates, ListingDimension, TimeBucket } from "../types/aggregates.js";
import { AsOf } from "../types/as-of.js";
import { ListingFilter } from "../types/listing-filter.js";

@Resolver()
export class AggregatesResolver {
  @For(anyone)
  @Query(() => ListingAggregates, { description: "Counts and price statistics of listings in groups (at most 10,000), exactly. Errors: BAD_INPUT, LIMIT_EXCEEDED, NOT_READY." })
  async listingAggregates(
    @Arg("where", () => ListingFilter, { nullable: true, description: "Which listings; all if left out." }) where: ListingFilter | null,
    @Arg("groupBy", () => [ListingDimension], { nullable: true, description: "Dimensions; one group of all if left out." }) groupBy: ListingDimension[] | null,
    @Arg("bucket", () => TimeBucket, { nullable: true, description: "Groups by the time of listing as well." }) bucket: TimeBucket | null,
    @Arg("percentiles", () => [Float], { nullable: true, description: "Percentiles of the price beside the median, 0 to 100 (at most 20)." }) percentiles: number[] | null,
    @Arg("at", () => AsOf, { nullable: true, description: "As it was then; now if left out." }) at: AsOf | null,
    @Ctx() context: ApiContext,
  ): Promise<ListingAggregates> {
    const { database, market } = context.deps;
    return aggregateListings({ database, currency: market.currency }, { where, groupBy, bucket, percentiles, at: await resolveAsOf(context, at) });
  }
}
