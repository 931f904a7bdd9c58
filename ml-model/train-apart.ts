import { Worker } from "node:worker_threads";
import { AppError, type ErrorCode } from "../schema/errors.js";
import type { Retrained } from "./retrain-from-chain.js";
import type { TrainingOptions } from "./train-ensemble.js";

export interface TrainingTask {
  readonly databaseUrl: string;
  /** Sales up to this block teach; the newest final one unless told. */
  readonly asOfBlock?: number;
  readonly promote: boolean;
  readonly simulatedRows?: number;
  /** Rounds through the rows; those of the committed model unless told. */
  readonly epochs?: number;
}

export type Epoch = Parameters<NonNullable<TrainingOptions["onEpoch"]>>[0];
export type TrainingTold = { readonly epoch: Epoch } | { readonly done: Retrained } | { readonly failed: { readonly code: ErrorCode; readonly message: string } };

/** A whole retraining on 100,000 sales keeps below a gigabyte. */
const resourceLimits = { maxOldGenerationSizeMb: 900 };

/**
 * Trains in a thread of its own, so that whoever asks can do other work meanwhile: a minute or more of one core.
 * @param signal - gives it up; nothing of it is kept.
 * @throws AppError CONFLICT while another training runs, or before there is a final block; BAD_INPUT for a block that is not final
 */
export function trainApart(task: TrainingTask, onEpoch?: (epoch: Epoch) => void, signal?: AbortSignal): Promise<Retrained> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./training-thread.js", import.meta.url), { workerData: task, resourceLimits });
    const stop = (): void => void thread.terminate();
    signal?.addEventListener("abort", stop, { once: true });
    thread.on("message", (told: TrainingTold) => {
      if ("epoch" in told) onEpoch?.(told.epoch);
      else if ("done" in told) resolve(told.done);
      else reject(new AppError(told.failed.code, told.failed.message));
    });
    thread.once("error", (cause) => reject(new AppError("INTERNAL", "The training failed.", { cause })));
    thread.once("exit", () => {
      signal?.removeEventListener("abort", stop);
      reject(new AppError("NOT_READY", "The training was given up: the process ends.")); // means nothing after an answer
    });
  });
}
