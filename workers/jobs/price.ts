import { marketAround } from "../../ml-model/market-around.js";
import { queryOf, type PriceInput } from "../../ml-model/predict.js";
import type { DeidentificationReport, Profile } from "../../records/index.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import type { DataKind } from "../../schema/market.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { Process, WorkerDeps } from "../deps.js";
import { priceInput, storePrediction } from "../price-upload.js";

export type PriceDeps = Pick<WorkerDeps, "database" | "predict">;

/** How long what the market shows counts as its present, in ms: it is of ninety days, and reads all sales of them. */
const marketMs = 30_000;

/** CHECKED → PRICED: the model's interval for what the profile says and the market shows, with its reasons. Throws PRICE_INPUT_INVALID. */
export const price = ({ database, predict }: PriceDeps): Process<JobPayload<"price">> => {
  const markets = new Map<DataKind, { until: number; market: Promise<PriceInput["market"]> }>();

  function marketOf(kind: DataKind, now: Date): Promise<PriceInput["market"]> {
    const known = markets.get(kind);
    if (known !== undefined && known.until > now.getTime()) return known.market;
    const market = marketAround(queryOf(database), kind, now.getTime() / 1000);
    markets.set(kind, { until: now.getTime() + marketMs, market });
    market.catch(() => markets.delete(kind));
    return market;
  }

  return async ({ uploadId }) => {
    const upload = await findUpload(database, uploadId, "CHECKED");
    if (!upload) return;
    const { profile, report, dataKind } = upload;
    if (profile === null || report === null || dataKind === null) throw new AppError("CONFLICT", "The upload is not profiled yet.");
    const now = new Date();
    const input = priceInput(profile as Profile, report as DeidentificationReport, dataKind, now, await marketOf(dataKind, now));
    await advanceUpload(database, { upload, from: "CHECKED", to: "PRICED", set: { priceInput: input, prediction: storePrediction(await predict(input)) } });
  };
};
