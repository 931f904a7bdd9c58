import { trainApart } from "../../ml-model/train-apart.js";
import { AppError } from "../../schema/errors.js";
import type { JobPayload } from "../../schema/jobs.js";
import type { Process, WorkerDeps } from "../deps.js";

export type RetrainDeps = Pick<WorkerDeps, "databaseUrl" | "ending">;

/** Trains a challenger from the settled sales and lets it serve if it earned that. One at a time: another's training is as good as ours. */
export const retrain = ({ databaseUrl, ending }: RetrainDeps): Process<JobPayload<"retrain">> => async () => {
  try {
    await trainApart({ databaseUrl, promote: true }, undefined, ending);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "CONFLICT") throw error;
  }
};
