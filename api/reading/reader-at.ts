import { resolveAsOf } from "../chain/as-of.js";
import { waitForBlock } from "../chain/wait-for-block.js";
import type { ApiContext } from "../context.js";
import type { ChainArgs } from "../types/page-args.js";
import type { Reader } from "./table.js";

/** Waits for the block that the operation wants to see, and finds the one that it asks of. @throws AppError NOT_READY, BAD_INPUT, CHAIN_UNAVAILABLE */
export async function readerAt(context: ApiContext, { minBlock, at }: ChainArgs): Promise<Reader> {
  await waitForBlock(context.deps, minBlock);
  const block = await resolveAsOf(context, at);
  return {
    at: block,
    exact: context.pinnedBlock !== null,
    // Asked for only where it matters: a subscription's message is shared by all where it does not.
    get viewer() {
      return context.viewer?.account ?? null;
    },
  };
}
