import type { GalenClient } from "./client.js";
import { chain } from "./operations/market.js";
import { poll } from "./poll.js";

/** Waits until the API has indexed a block, so that what was just written is read. @throws AppError NOT_READY in time-out */
export async function waitForBlock(client: GalenClient, block: number, timeoutMs = 30_000): Promise<void> {
  await poll(timeoutMs, async () => {
    const { chain: seen } = await client.request(chain, {});
    return seen.indexedBlock >= block ? seen : `The API has indexed block ${seen.indexedBlock} and not yet ${block}.`;
  });
}
