import { AppError } from "../../schema/errors.js";
import type { ApiDeps } from "../deps.js";

/** How long an answer is held back for a block that is not indexed yet, in ms. */
const patienceMs = 5_000;
/** Further ahead than this nobody waits: the block cannot come in time. */
const farAhead = 100;

/**
 * Read your own writes: holds until the index has a block.
 * @throws AppError NOT_READY if it does not come in time, or lies far ahead.
 */
export async function waitForBlock({ freshness, wakes }: Pick<ApiDeps, "freshness" | "wakes">, minBlock: number | null | undefined): Promise<void> {
  if (minBlock === null || minBlock === undefined) return;
  const end = Date.now() + patienceMs;
  const signal = new AbortController().signal;
  for (;;) {
    const version = wakes.version("chain_status");
    const { indexedBlock } = await freshness.now();
    if (indexedBlock >= minBlock) return;
    if (Date.now() >= end || minBlock > indexedBlock + farAhead) {
      throw new AppError("NOT_READY", `Block ${minBlock} is not indexed yet; the index is at ${indexedBlock}.`, { details: { minBlock, indexedBlock } });
    }
    await wakes.next("chain_status", version, signal, Math.min(250, end - Date.now()));
  }
}
