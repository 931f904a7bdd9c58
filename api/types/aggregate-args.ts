import { ArgsType, Field, Float, Int } from "type-graphql";
import { HistogramInput, TimeBucket } from "./aggregates.js";
import { AsOf } from "./as-of.js";

/** What can be asked of any aggregate. */
@ArgsType()
export abstract class AggregateArgs {
  @Field(() => TimeBucket, { nullable: true, description: "Groups by time as well: of listing, of purchase, of the vote." }) bucket?: TimeBucket | null;
  @Field(() => [Float], { nullable: true, description: "Percentiles beside the median, 0 to 100 with at most 3 decimals (at most 20)." }) percentiles?: number[] | null;
  @Field(() => HistogramInput, { nullable: true, description: "Bars of a histogram." }) histogram?: HistogramInput | null;
  @Field(() => Int, { nullable: true, description: "Most groups: 1 to 10,000. The rest is left out; without a limit more than 10,000 are an error." }) limit?: number | null;
  @Field(() => AsOf, { nullable: true, description: "As it was then; now if left out." }) at?: AsOf | null;
}
