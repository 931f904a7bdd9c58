import { AppError } from "../schema/errors.js";
import { matchesBloom } from "./bloom.js";
import { JsonRpc, type RpcCall } from "./json-rpc.js";
import { isLowerHex } from "./lower-hex.js";
import type { MarketHeader } from "./market-block.js";

/** A header with what is needed to find our events in the block. */
export interface ChainHeader extends MarketHeader {
  readonly logsBloom: string;
  readonly transactionCount: number;
}

export interface ChainLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly logIndex: number;
}

export interface ChainReceipt {
  readonly transactionHash: string;
  readonly transactionIndex: number;
  readonly from: string;
  readonly to: string | null;
  readonly logs: readonly ChainLog[];
}

/** The node answered something that cannot be true, or not yet: asking again may help. */
export class ChainAnswerError extends AppError {
  constructor(what: string, cause?: unknown) {
    super("CHAIN_UNAVAILABLE", `The RPC node's answer cannot be used: ${what}.`, { cause });
  }
}

/**
 * The few JSON-RPC methods that the indexer needs, from one of several nodes of the chain; every answer is checked before it is used.
 * A node that does not answer, even when asked again, makes the next one the one that is asked from then on.
 */
export class ChainRpc {
  #clients: readonly JsonRpc[];
  #used = 0;

  /** @param urls http or https, at least one; they may hold passwords, which are never logged. */
  constructor(...urls: readonly string[]) {
    this.#clients = urls.map((url) => new JsonRpc(url));
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  /** Number of nodes. */
  get nodes(): number {
    return this.#clients.length;
  }
  /** Which of them is asked. */
  get used(): number {
    return this.#used;
  }
  /** Asks this node from now on. */
  use(node: number): void {
    this.#used = node;
  }
  /** @returns the host of a node, to name it by. */
  host(node: number): string {
    return this.#clients[node]!.host;
  }
  /** @returns this node alone, whichever is asked otherwise. It shares the connection: do not close it. */
  only(node: number): ChainRpc {
    const one = new ChainRpc();
    one.#clients = [this.#clients[node]!];
    return one;
  }

  async chainId(): Promise<bigint> {
    return BigInt(text(await this.#call("eth_chainId", []), "chain id"));
  }

  async hasCode(address: string): Promise<boolean> {
    return text(await this.#call("eth_getCode", [address, "latest"]), "code") !== "0x";
  }

  /** @returns how many peers the node has, and whether it says that it is still catching up; null where it does not tell. */
  async nodeState(): Promise<{ peers: number | null; syncing: boolean | null }> {
    const ask = (method: string): Promise<unknown> => this.#clients[this.#used]!.call(method, []).catch(() => undefined);
    const [peers, syncing] = await Promise.all([ask("net_peerCount"), ask("eth_syncing")]);
    return { peers: typeof peers === "string" && Number.isSafeInteger(Number(peers)) ? Number(peers) : null, syncing: syncing === undefined || syncing === null ? null : syncing !== false };
  }

  async latest(): Promise<ChainHeader> {
    const header = parseHeader(await this.#call("eth_getBlockByNumber", ["latest", false]));
    if (!header) throw new ChainAnswerError("there is no latest block");
    return header;
  }

  /** @returns the block's header, or null if this chain has no such block. */
  async headerAt(height: number): Promise<ChainHeader | null> {
    return parseHeader(await this.#call("eth_getBlockByNumber", [hex(height), false]));
  }

  async headerOf(hash: string): Promise<ChainHeader | null> {
    return parseHeader(await this.#call("eth_getBlockByHash", [hash, false]));
  }

  /** @returns the headers of a range, both ends included; throws ChainAnswerError if one is missing or they are not a chain. */
  async headers(from: number, to: number): Promise<ChainHeader[]> {
    return chainOf(await this.#batch(heights(from, to).map(headerCall)), from);
  }

  /** @returns the headers of a range with all receipts of each block, in one question; throws as `headers` and `receipts` do. */
  async blocks(from: number, to: number): Promise<{ headers: ChainHeader[]; receipts: ChainReceipt[][] }> {
    const answers = await this.#batch(heights(from, to).flatMap((height) => [headerCall(height), receiptsCall(hex(height))]));
    const headers = chainOf(answers.filter((_, index) => index % 2 === 0), from);
    return { headers, receipts: headers.map((header, index) => parseReceipts(answers[2 * index + 1], header)) };
  }

  /**
   * @returns all receipts of each block, in the order given. Throws ChainAnswerError unless each belongs to its block, there
   * is one for every transaction, and the logs of a block are numbered without a gap and make its bloom: a list that was cut short is seen.
   */
  async receipts(headers: readonly ChainHeader[]): Promise<ChainReceipt[][]> {
    const answers = await this.#batch(headers.map(({ hash }) => receiptsCall(hash)));
    return answers.map((answer, index) => parseReceipts(answer, headers[index]!));
  }

  /** @returns what a view function of the contract returned at the end of a block, ABI-encoded. */
  async view(contract: string, data: string, height: number): Promise<string> {
    return text(await this.#call("eth_call", [{ to: contract, data }, hex(height)]), "result of a call");
  }

  #call(method: string, params: unknown[]): Promise<unknown> {
    return this.#ask(method, async (client) => (await client.call(method, params)) ?? null);
  }

  async #batch(calls: RpcCall[]): Promise<unknown[]> {
    return calls.length === 0 ? [] : this.#ask(calls[0]!.method, (client) => client.batch(calls));
  }

  async #ask<Answer>(method: string, ask: (client: JsonRpc) => Promise<Answer>): Promise<Answer> {
    const node = this.#used;
    try {
      return await ask(this.#clients[node]!);
    } catch (cause) {
      if (this.#used === node) this.#used = (node + 1) % this.#clients.length;
      throw new AppError("CHAIN_UNAVAILABLE", `The RPC node at ${this.host(node)} does not answer ${method}.`, { cause });
    }
  }
}

const hex = (value: number): string => `0x${value.toString(16)}`;
const heights = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const headerCall = (height: number): RpcCall => ({ method: "eth_getBlockByNumber", params: [hex(height), false] });
/** @param block - its hash, or its height in hex */
const receiptsCall = (block: string): RpcCall => ({ method: "eth_getBlockReceipts", params: [block] });

function text(value: unknown, what: string): string {
  if (typeof value === "string" && isLowerHex(value)) return value;
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]*$/.test(value)) throw new ChainAnswerError(`${what} is no hex text`);
  return value.toLowerCase();
}
function quantity(value: unknown, what: string): number {
  const number = Number(text(value, what));
  if (!Number.isSafeInteger(number)) throw new ChainAnswerError(`${what} is no whole number`);
  return number;
}
function hash(value: unknown, what: string): string {
  const found = text(value, what);
  if (found.length !== 66) throw new ChainAnswerError(`${what} is no hash`);
  return found;
}
function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ChainAnswerError(`${what} is no object`);
  return value as Record<string, unknown>;
}
function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new ChainAnswerError(`${what} is no list`);
  return value as unknown[];
}

const zeroAddress = `0x${"0".repeat(40)}`;

/** @returns the headers of the blocks from `from` on, each of which follows the one before. */
function chainOf(answers: readonly unknown[], from: number): ChainHeader[] {
  let parent: ChainHeader | undefined;
  return answers.map((answer, index) => {
    const header = parseHeader(answer);
    if (!header) throw new ChainAnswerError(`block ${from + index} is missing`);
    if (header.height !== from + index) throw new ChainAnswerError(`asked for block ${from + index}, got ${header.height}`);
    if (parent && header.parentHash !== parent.hash) throw new ChainAnswerError(`block ${header.height} does not follow the one before it`);
    parent = header;
    return header;
  });
}

function parseHeader(value: unknown): ChainHeader | null {
  if (value === null || value === undefined) return null;
  const block = record(value, "block");
  const miner = text(block["miner"], "miner");
  return {
    height: quantity(block["number"], "block number"),
    hash: hash(block["hash"], "block hash"),
    parentHash: hash(block["parentHash"], "parent hash"),
    time: new Date(quantity(block["timestamp"], "block time") * 1000),
    signer: miner === zeroAddress ? null : miner,
    logsBloom: text(block["logsBloom"], "logs bloom"),
    transactionCount: list(block["transactions"], "transactions").length,
  };
}

function parseReceipts(value: unknown, header: ChainHeader): ChainReceipt[] {
  const receipts = list(value, `receipts of block ${header.height}`);
  if (receipts.length !== header.transactionCount) throw new ChainAnswerError(`block ${header.height} has ${header.transactionCount} transactions, ${receipts.length} receipts`);
  let nextLog = 0;
  const parsed = receipts.map((item) => {
    const receipt = record(item, "receipt");
    if (hash(receipt["blockHash"], "block hash") !== header.hash) throw new ChainAnswerError(`a receipt of block ${header.height} is of another block`);
    const logs = list(receipt["logs"], "logs").map((entry) => {
      const log = record(entry, "log");
      const logIndex = quantity(log["logIndex"], "log index");
      if (logIndex !== nextLog++) throw new ChainAnswerError(`logs of block ${header.height} are missing`);
      return {
        address: text(log["address"], "address"),
        topics: list(log["topics"], "topics").map((topic) => hash(topic, "topic")),
        data: text(log["data"], "data"),
        logIndex,
      };
    });
    return {
      transactionHash: hash(receipt["transactionHash"], "transaction hash"),
      transactionIndex: quantity(receipt["transactionIndex"], "transaction index"),
      from: text(receipt["from"], "sender"),
      to: receipt["to"] === null || receipt["to"] === undefined ? null : text(receipt["to"], "recipient"),
      logs,
    };
  });
  if (!matchesBloom(header.logsBloom, parsed.flatMap(({ logs }) => logs))) throw new ChainAnswerError(`the logs of block ${header.height} are not those of its bloom`);
  return parsed;
}
