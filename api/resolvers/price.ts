import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { DataKind, Purpose } from "../../schema/market.js";
import type { ApiContext } from "../context.js";
import { showPrediction } from "../price/predictor.js";
import { For } from "../rules/rule.js";
import { anyone } from "../rules/rules.js";
import { PriceInput } from "../types/price-input.js";
import { PricePrediction } from "../types/upload.js";

@Resolver()
export class PriceResolver {
  @For(anyone)
  @Query(() => PricePrediction, { description: "Prices a data set from its profile. Errors: PRICE_INPUT_INVALID, naming the field." })
  pricePrediction(@Arg("input", () => PriceInput, { description: "The profile." }) input: PriceInput, @Ctx() { deps }: ApiContext): PricePrediction {
    return showPrediction(deps.market.currency, deps.predictor(toModelInput(input)));
  }
}

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
