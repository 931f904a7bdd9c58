import { AppError } from "../../schema/errors.js";
import type { ApiContext } from "../context.js";
import { call } from "../steps/call.js";
import type { PreparedTransaction } from "../types/step.js";

/** Pauses the market, or ends the pause. @throws AppError CONFLICT (it is so already), CHAIN_UNAVAILABLE */
export async function preparePause(context: ApiContext, paused: boolean): Promise<PreparedTransaction> {
  let now: boolean;
  try {
    now = (await context.deps.market.marketplace.getFunction("paused")()) as boolean;
  } catch (cause) {
    throw new AppError("CHAIN_UNAVAILABLE", "The chain cannot be asked whether the market is paused.", { cause });
  }
  if (now === paused) throw new AppError("CONFLICT", `The market is ${paused ? "paused already" : "not paused"}.`);
  return call(context, paused ? "pause" : "unpause", []);
}
