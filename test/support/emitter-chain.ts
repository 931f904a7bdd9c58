import { createTableCopies } from "../../indexer/table-copies.js";
import { decodeLog } from "../../indexer/decode-log.js";
import { digestTables } from "../../indexer/digest-tables.js";
import type { MarketBlock } from "../../indexer/market-block.js";
import { writeRows } from "../../indexer/write-rows.js";
import type { Sql } from "../../indexer/copy-rows.js";
import type { Deployment } from "../../platform/chain/deployment.js";
import { emitterCall, emitterCode, type EmittedLog } from "./log-emitter.js";
import { withAnvil } from "./with-anvil.js";

export interface BlockRef {
  readonly height: number;
  readonly hash: string;
}
interface RpcBlock {
  number: string;
  hash: string;
  parentHash: string;
  timestamp: string;
  miner: string;
}
interface RpcLog {
  blockNumber: string;
  blockHash: string;
  transactionHash: string;
  transactionIndex: string;
  logIndex: string;
  topics: string[];
  data: string;
}

const marketplace = `0x${"a1".repeat(20)}`;
const sender = `0x${"b2".repeat(20)}`;

/** A development chain whose "marketplace" writes any log it is told to: histories and forks at will. Blocks come with transactions alone. */
export class EmitterChain {
  readonly url: string;
  readonly stop: () => Promise<void>;
  readonly deployment: Deployment;

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.stop = stop;
    const zero = `0x${"0".repeat(40)}`;
    this.deployment = { chainId: 31337, marketplace, token: zero, accessManager: zero, deployBlock: 1 };
  }

  static async start(): Promise<EmitterChain> {
    const anvil = await withAnvil({ blockTime: 100_000 });
    const chain = new EmitterChain(anvil.url, anvil.stop);
    await chain.call("anvil_setCode", [marketplace, emitterCode()]);
    await chain.call("anvil_impersonateAccount", [sender]);
    return chain;
  }

  async call<Result>(method: string, params: unknown[]): Promise<Result> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: Result; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async head(): Promise<BlockRef> {
    const { number, hash } = await this.call<RpcBlock>("eth_getBlockByNumber", ["latest", false]);
    return { height: Number(number), hash };
  }

  /** Mines a block with these logs. */
  async emit(logs: readonly EmittedLog[]): Promise<void> {
    const hash = await this.call<string>("eth_sendTransaction", [this.#transaction(logs)]);
    // The node answers before the block is there.
    while ((await this.call("eth_getTransactionReceipt", [hash])) === null) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async mine(blocks = 1): Promise<void> {
    await this.call("anvil_mine", [`0x${blocks.toString(16)}`]);
  }

  /** Replaces the newest `depth` blocks by as many others, with these logs in them: `logs[i]` in the i-th. */
  async reorg(depth: number, logs: readonly (readonly EmittedLog[])[]): Promise<void> {
    await this.call("anvil_reorg", [depth, logs.flatMap((list, index) => (list.length === 0 ? [] : [[this.#transaction(list), index]]))]);
  }

  #transaction(logs: readonly EmittedLog[]): Record<string, string> {
    return { from: sender, to: marketplace, data: emitterCall(logs), gas: "0x3000000", maxFeePerGas: "0x0", maxPriorityFeePerGas: "0x0" };
  }

  /** @returns how many events the chain's logs tell: most one, a batch of votes as many as it has. */
  async countEvents(): Promise<number> {
    const logs = await this.call<RpcLog[]>("eth_getLogs", [{ fromBlock: "0x0", toBlock: "latest", address: marketplace }]);
    const position = { blockNumber: 0, blockHash: "0x", blockTime: new Date(0), transactionHash: "0x", logIndex: 0 };
    return logs.reduce((count, { topics, data }) => count + decodeLog({ ...position, topics, data }).length, 0);
  }

  /** @returns the digests of tables that are made from `eth_getLogs` alone, in another schema. */
  async expectedDigests(sql: Sql): ReturnType<typeof digestTables> {
    const logs = await this.call<RpcLog[]>("eth_getLogs", [{ fromBlock: "0x0", toBlock: "latest", address: marketplace }]);
    const blocks = new Map<string, { header: MarketBlock["header"]; transactions: Map<string, MarketBlock["transactions"][number]>; events: MarketBlock["events"][number][] }>();
    for (const log of logs) {
      let block = blocks.get(log.blockHash);
      if (!block) {
        const header = await this.call<RpcBlock>("eth_getBlockByHash", [log.blockHash, false]);
        const time = new Date(Number(header.timestamp) * 1000);
        block = { header: { height: Number(header.number), hash: header.hash, parentHash: header.parentHash, time, signer: null }, transactions: new Map(), events: [] };
        blocks.set(log.blockHash, block);
      }
      const { height, time } = block.header;
      block.transactions.set(log.transactionHash, { hash: log.transactionHash, blockNumber: height, transactionIndex: Number(log.transactionIndex), sender, recipient: marketplace });
      block.events.push(...decodeLog({ blockNumber: height, blockHash: log.blockHash, blockTime: time, transactionHash: log.transactionHash, logIndex: Number(log.logIndex), topics: log.topics, data: log.data }));
    }
    await createTableCopies(sql, "expected");
    const inOrder = [...blocks.values()].sort((a, b) => a.header.height - b.header.height);
    await writeRows(sql, "expected", inOrder.map(({ header, transactions, events }) => ({ header, transactions: [...transactions.values()], events })));
    return digestTables(sql, "expected");
  }
}
