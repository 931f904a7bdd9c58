import type { ApiDeps } from "../deps.js";
import type { ChainFreshness } from "./freshness.js";

/** `extensions.chain`; null where the index cannot be asked: an answer without data is still an answer. */
export async function chainExtension({ freshness, log }: Pick<ApiDeps, "freshness" | "log">): Promise<ChainFreshness | null> {
  try {
    return await freshness.now();
  } catch (error) {
    log.warn({ error }, "the index's position could not be read");
    return null;
  }
}
