import type { DeidentificationReport, Profile } from "../../records/index.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import { advanceUpload, findUpload } from "../advance-upload.js";
import type { Process, WorkerDeps } from "../deps.js";
import { priceInput, storePrediction } from "../price-upload.js";

export type PriceDeps = Pick<WorkerDeps, "database" | "predict">;

/** DEIDENTIFIED → PRICED: the model's interval for what the profile says, with its reasons. Throws PRICE_INPUT_INVALID. */
export const price = ({ database, predict }: PriceDeps): Process<JobPayload<"price">> => async ({ uploadId }) => {
  const upload = await findUpload(database, uploadId, "DEIDENTIFIED");
  if (!upload) return;
  const { profile, report, dataKind } = upload;
  if (profile === null || report === null || dataKind === null) throw new AppError("CONFLICT", "The upload is not profiled yet.");
  const input = priceInput(profile as Profile, report as DeidentificationReport, dataKind, new Date());
  await advanceUpload(database, { upload, from: "DEIDENTIFIED", to: "PRICED", set: { prediction: storePrediction(predict(input)) } });
};
