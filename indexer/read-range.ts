import type { ChainRpc } from "./chain-rpc.js";
import type { MarketBlock } from "./market-block.js";
import { BlockReader } from "./read-blocks.js";

/** Blocks a step. */
const step = 200;

/** Reads the blocks of a range that carry events of ours, in order, a step at a time. */
export async function* readRange(rpc: ChainRpc, addresses: readonly string[], from: number, to: number): AsyncGenerator<{ blocks: MarketBlock[]; last: { height: number; hash: string } }> {
  const reader = new BlockReader(rpc, addresses);
  for (let start = from; start <= to; start += step) {
    const blocks = await reader.readRange(start, Math.min(to, start + step - 1));
    const { height, hash } = blocks.at(-1)!.header;
    yield { blocks: blocks.filter(({ events }) => events.length > 0), last: { height, hash } };
  }
}
