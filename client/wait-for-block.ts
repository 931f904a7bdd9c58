import { AppError } from "../schema/errors.js";
import type { GalenClient } from "./client.js";
import { chain } from "./operations/market.js";

/** Waits until the API has indexed a block, so that what was just written is read. @throws AppError NOT_READY in time-out */
export async function waitForBlock(client: GalenClient, block: number, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const { chain: seen } = await client.request(chain, {});
    if (seen.indexedBlock >= block) return;
    if (Date.now() > end) throw new AppError("NOT_READY", `The API has indexed block ${seen.indexedBlock} and not yet ${block}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
