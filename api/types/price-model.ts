import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { For } from "../rules/rule.js";
import { asReached } from "../rules/rules.js";
import { DateTimeScalar } from "./scalars.js";

@For(asReached)
@ObjectType("PricePerformance", { description: "How predictions did against realised prices.", simpleResolvers: true })
export class PricePerformance {
  @Field(() => Int, { description: "Settled sales that were counted." }) sales!: number;
  @Field(() => Float, { nullable: true, description: "Share of prices inside [p10, p90]; 0.8 is promised. Null without sales." }) coverage!: number | null;
  @Field(() => Float, { nullable: true, description: "Share of prices below p10." }) below!: number | null;
  @Field(() => Float, { nullable: true, description: "Share of prices above p90." }) above!: number | null;
  @Field(() => Float, { nullable: true, description: "Mean pinball loss of ln price over the three quantiles." }) pinball!: number | null;
  @Field(() => Float, { nullable: true, description: "Median of price / p50." }) medianRatio!: number | null;
}

@For(asReached)
@ObjectType("PricePerformanceGroup", { description: "How predictions did in a group of sales.", simpleResolvers: true })
export class PricePerformanceGroup extends PricePerformance {
  @Field(() => String, { description: "A kind of data, a month (UTC), both, or a model's hash." }) name!: string;
}

@For(asReached)
@ObjectType("PriceDrift", { description: "Whether the market has moved away from the predictions.", simpleResolvers: true })
export class PriceDrift {
  @Field(() => Float, { description: "Standard errors between the coverage and the 80 % promised." }) coverageZ!: number;
  @Field(() => Float, { description: "Standard errors between the share of prices above p50 and one half." }) biasZ!: number;
  @Field(() => Boolean, { description: "Whether one of them is beyond 1 % chance, on 30 sales or more." }) hasDrifted!: boolean;
}

@For(asReached)
@ObjectType("ModelPerformance", { description: "The predictions' public record: realised prices of settled sales against the intervals that stood on the chain with their listings. Anyone can recompute it from the market's events.", simpleResolvers: true })
export class ModelPerformanceType extends PricePerformance {
  @Field(() => Int, { description: "Sales that were settled by this block count." }) block!: number;
  @Field(() => [PricePerformanceGroup], { description: "By kind of data." }) byKind!: PricePerformanceGroup[];
  @Field(() => [PricePerformanceGroup], { description: "By month of the purchase (UTC)." }) byMonth!: PricePerformanceGroup[];
  @Field(() => [PricePerformanceGroup], { description: "By kind of data and month: coverage over time." }) byKindAndMonth!: PricePerformanceGroup[];
  @Field(() => [PricePerformanceGroup], { description: "By the model that predicted." }) byModel!: PricePerformanceGroup[];
  @Field(() => PriceDrift, { description: "Whether the market has moved." }) drift!: PriceDrift;
}

@For(asReached)
@ObjectType("ModelComparison", { description: "How a challenger and the model that served did on the latest sales, which neither had learned from.", simpleResolvers: true })
export class ModelComparisonType {
  @Field(() => Int, { description: "Sales that judged." }) tested!: number;
  @Field(() => Float, { nullable: true, description: "Pinball loss of the model that served." }) championPinball!: number | null;
  @Field(() => Float, { nullable: true, description: "Pinball loss of the challenger." }) challengerPinball!: number | null;
  @Field(() => Float, { nullable: true, description: "Coverage of the challenger's interval." }) challengerCoverage!: number | null;
  @Field(() => Boolean, { description: "Whether the comparison speaks for the challenger." }) promote!: boolean;
  @Field(() => String, { description: "Why, in a sentence." }) reason!: string;
}

@For(asReached)
@ObjectType("PriceModelVersion", { description: "A version of the price model.", simpleResolvers: true })
export class PriceModelVersionType {
  @Field(() => ID, { description: "Its hash, as it stands on the chain with each listing that it priced." }) modelHash!: string;
  @Field(() => String, { description: "Its name." }) version!: string;
  @Field(() => ID, { description: "Hash of its calibration. The model's hash covers it too." }) calibrationId!: string;
  @Field(() => String, { description: "CHAMPION: it serves. CHALLENGER: it never did. RETIRED: it did before." }) status!: string;
  @Field(() => String, { description: "simulator, or sales: from settled sales beside it." }) source!: string;
  @Field(() => Int, { description: "Rows that it was trained on." }) rows!: number;
  @Field(() => Int, { nullable: true, description: "Sales up to this block taught it." }) asOfBlock!: number | null;
  @Field(() => String, { description: "SHA-256 of the rows: the same rows, options and seed give the same model." }) dataDigest!: string;
  @Field(() => ModelComparisonType, { nullable: true, description: "How it did against the model that served then; null for a release's." }) comparison!: ModelComparisonType | null;
}

@For(asReached)
@ObjectType("PriceTraining", { description: "A training of the price model from settled sales.", simpleResolvers: true })
export class PriceTrainingType {
  @Field(() => Int, { description: "Sales up to this block." }) asOfBlock!: number;
  @Field(() => ID, { description: "The model that came of it." }) modelHash!: string;
  @Field(() => Int, { description: "Settled sales that taught or judged." }) sales!: number;
  @Field(() => Boolean, { description: "Whether it serves since." }) promoted!: boolean;
  @Field(() => String, { description: "Why, in a sentence." }) reason!: string;
  @Field(() => Boolean, { description: "Whether the market had moved away from the predictions." }) drifted!: boolean;
  @Field(() => DateTimeScalar, { description: "When it ended." }) finishedAt!: Date;
}
