import type { ChainHeader, ChainReceipt, ChainRpc } from "./chain-rpc.js";
import { decodeLog } from "./decode-log.js";
import type { MarketEvent, UnreadableEvent } from "./event-types.js";
import { bloomTest } from "./bloom.js";
import type { MarketBlock, MarketTransaction } from "./market-block.js";

/** Reads our events of blocks. */
export class BlockReader {
  readonly #rpc: ChainRpc;
  readonly #ours: ReadonlySet<string>;
  readonly #blooms: readonly ((logsBloom: string) => boolean)[];
  /** Share of the blocks read last that may have events of ours. */
  #share = 0;

  constructor(rpc: ChainRpc, addresses: readonly string[]) {
    this.#rpc = rpc;
    this.#ours = new Set(addresses.map((address) => address.toLowerCase()));
    this.#blooms = [...this.#ours].map(bloomTest);
  }

  /** Blocks whose headers are known. Asks for the receipts of those alone whose bloom says that there may be an event. */
  async read(headers: readonly ChainHeader[]): Promise<MarketBlock[]> {
    const wanted = headers.filter((header) => this.#mayConcernUs(header));
    this.#share = wanted.length / Math.max(1, headers.length);
    const receipts = await this.#rpc.receipts(wanted);
    const byHash = new Map(wanted.map((header, index) => [header.hash, receipts[index]!]));
    return headers.map((header) => this.#blockOf(header, byHash.get(header.hash) ?? []));
  }

  /** Blocks of a range, both ends included. Where most have had events, headers and receipts are asked for at once: one round trip instead of two. */
  async readRange(from: number, to: number): Promise<MarketBlock[]> {
    if (this.#share < 0.5) return this.read(await this.#rpc.headers(from, to));
    const { headers, receipts } = await this.#rpc.blocks(from, to);
    this.#share = headers.filter((header) => this.#mayConcernUs(header)).length / headers.length;
    return headers.map((header, index) => this.#blockOf(header, receipts[index]!));
  }

  #mayConcernUs({ logsBloom, transactionCount }: ChainHeader): boolean {
    return transactionCount > 0 && this.#blooms.some((test) => test(logsBloom));
  }

  #blockOf(header: ChainHeader, receipts: readonly ChainReceipt[]): MarketBlock {
    const transactions: MarketTransaction[] = [];
    const events: (MarketEvent | UnreadableEvent)[] = [];
    for (const receipt of receipts) {
      const logs = receipt.logs.filter((log) => this.#ours.has(log.address));
      if (logs.length === 0) continue;
      transactions.push({ hash: receipt.transactionHash, blockNumber: header.height, transactionIndex: receipt.transactionIndex, sender: receipt.from, recipient: receipt.to });
      for (const { topics, data, logIndex } of logs) {
        events.push(...decodeLog({ blockNumber: header.height, blockHash: header.hash, blockTime: header.time, transactionHash: receipt.transactionHash, logIndex, topics, data }));
      }
    }
    return { header, transactions, events };
  }
}
