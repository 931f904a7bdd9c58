import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { queryOf, readRegistry, type Performance } from "../../ml-model/predict.js";
import { PriceTraining } from "../../schema/entities/index.js";
import { DataKind, Purpose } from "../../schema/market.js";
import { resolveAsOf } from "../chain/as-of.js";
import { Changing } from "../citations/changing.js";
import type { ApiContext } from "../context.js";
import { parseRange } from "../input/parse.js";
import { Cost } from "../limits/costs.js";
import { readPerformance } from "../price/performance.js";
import { showPrediction } from "../price/predictor.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { AsOf } from "../types/as-of.js";
import { PriceInput } from "../types/price-input.js";
import { ModelPerformanceType, PriceModelVersionType, PriceTrainingType, type PricePerformanceGroup } from "../types/price-model.js";
import { PricePrediction } from "../types/upload.js";

/** It reads every sale. */
const performanceCost = 500;

@Resolver()
export class PriceResolver {
  @For(anyone)
  @Query(() => PricePrediction, { description: "Prices a data set from its profile. Errors: PRICE_INPUT_INVALID, naming the field." })
  async pricePrediction(@Arg("input", () => PriceInput, { description: "The profile." }) input: PriceInput, @Ctx() { deps }: ApiContext): Promise<PricePrediction> {
    return showPrediction(deps.market.currency, await deps.predictor(toModelInput(input)));
  }

  @For(anyone)
  @Cost(performanceCost)
  @Query(() => ModelPerformanceType, { description: "How the price model's predictions did against the prices of settled sales, now or as of a block. Errors: BAD_INPUT, NOT_READY." })
  async modelPerformance(@Arg("at", () => AsOf, { nullable: true, description: "As of a block." }) at: AsOf | null, @Ctx() context: ApiContext): Promise<ModelPerformanceType> {
    const { byKind, byMonth, byModel, byKindAndMonth, ...rest } = await readPerformance(context.deps, await resolveAsOf(context, at));
    return { ...rest, byKind: groups(byKind), byMonth: groups(byMonth), byModel: groups(byModel), byKindAndMonth: groups(byKindAndMonth) };
  }

  @For(anyone)
  @Changing("the platform's registry of models is no part of the chain")
  @Query(() => [PriceModelVersionType], { description: "Every version of the price model, oldest first, with its data digest and how it compared with the one before." })
  async priceModels(@Ctx() { deps: { database } }: ApiContext): Promise<PriceModelVersionType[]> {
    const registry = await readRegistry(queryOf(database));
    return registry.map(({ modelHash, version, calibrationId, status, training: { source, rows, asOfBlock, dataDigest }, comparison }) => ({
      modelHash, version, calibrationId, status, source, rows, asOfBlock, dataDigest,
      comparison: comparison && {
        tested: comparison.tested, championPinball: comparison.champion.pinball, challengerPinball: comparison.challenger.pinball,
        challengerCoverage: comparison.challenger.coverage, promote: comparison.promote, reason: comparison.reason,
      },
    }));
  }

  @For(anyone)
  @Changing("the platform's registry of models is no part of the chain")
  @Query(() => [PriceTrainingType], { description: "Trainings of the price model from settled sales, the newest first. Errors: BAD_INPUT." })
  async priceTrainings(@Arg("first", () => Int, { defaultValue: 20, description: "How many, at most 100." }) first: number, @Ctx() { deps: { database } }: ApiContext): Promise<PriceTrainingType[]> {
    const rows = await database.getRepository(PriceTraining).find({ order: { id: "DESC" }, take: parseRange("first", first, 1, 100) });
    return rows.map((row) => ({ ...row, asOfBlock: Number(row.asOfBlock) }));
  }
}

const groups = (of: Readonly<Record<string, Performance>>): PricePerformanceGroup[] => Object.entries(of).map(([name, performance]) => ({ name, ...performance }));

/** What the model takes: names instead of codes, numbers instead of bigint, and nothing for null. */
function toModelInput(input: PriceInput): unknown {
  const { kind, bytes, records, patients, modalities, purposes, ...rest } = input;
  const number = (value: bigint | null | undefined): number | null => (value === null || value === undefined ? null : Number(value));
  return withoutNulls({
    ...rest,
    kind: DataKind[kind],
    bytes: number(bytes),
    records: number(records),
    patients: number(patients),
    modalities: modalities && withoutNulls({ ...modalities }),
    purposes: purposes?.map((purpose) => Purpose[purpose]) ?? null,
  });
}

const withoutNulls = (value: object): Record<string, unknown> => Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined));
