import type { ChainHeader, ChainRpc } from "./chain-rpc.js";
import { decodeLog } from "./decode-log.js";
import type { MarketEvent, UnreadableEvent } from "./event-types.js";
import { bloomTest } from "./bloom.js";
import type { MarketBlock, MarketTransaction } from "./market-block.js";

/** Reads our events of blocks whose headers are known. Asks for the receipts of those blocks alone whose bloom says that there may be one. */
export function blockReader(rpc: ChainRpc, addresses: readonly string[]): (headers: readonly ChainHeader[]) => Promise<MarketBlock[]> {
  const ours = new Set(addresses.map((address) => address.toLowerCase()));
  const blooms = [...ours].map(bloomTest);
  const mayConcernUs = (logsBloom: string): boolean => blooms.some((test) => test(logsBloom));
  return async (headers) => {
    const wanted = headers.filter(({ logsBloom, transactionCount }) => transactionCount > 0 && mayConcernUs(logsBloom));
    const receipts = await rpc.receipts(wanted);
    const byHash = new Map(wanted.map((header, index) => [header.hash, receipts[index]!]));
    return headers.map((header): MarketBlock => {
      const transactions: MarketTransaction[] = [];
      const events: (MarketEvent | UnreadableEvent)[] = [];
      for (const receipt of byHash.get(header.hash) ?? []) {
        const logs = receipt.logs.filter((log) => ours.has(log.address));
        if (logs.length === 0) continue;
        transactions.push({ hash: receipt.transactionHash, blockNumber: header.height, transactionIndex: receipt.transactionIndex, sender: receipt.from, recipient: receipt.to });
        for (const { topics, data, logIndex } of logs) {
          events.push(...decodeLog({ blockNumber: header.height, blockHash: header.hash, blockTime: header.time, transactionHash: receipt.transactionHash, logIndex, topics, data }));
        }
      }
      return { header, transactions, events };
    });
  };
}
