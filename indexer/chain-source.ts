import { setTimeout as wait } from "node:timers/promises";
import type { Batch, HashAndHeight, HotDatabaseState, HotDataSource, HotUpdate } from "@subsquid/util-internal-processor-tools";
import { ChainAnswerError, type ChainHeader, type ChainRpc } from "./chain-rpc.js";
import type { MarketBlock } from "./market-block.js";
import type { BlockReader } from "./read-blocks.js";

/** Blocks a split of the finalized lane: by the density of events in the splits before it, so that a split is about as much work and memory everywhere. */
const splitBlocks = { first: 25, least: 5, most: 1_000 };
const splitEvents = 400;
/** Splits that are read ahead of the one being written. */
const readAhead = 2;
/** Blocks read at once while following the head. */
const stepBlocks = 100;
/** How long a node may show a shorter chain of blocks we know before we believe that the others are gone, in ms. */
const shorterChainPatienceMs = 1_000;

/** The chain and the index part below the finalized block: rolling back hot blocks cannot mend it. */
export class DivergedError extends Error {
  constructor(block: HashAndHeight) {
    super(`Finalized block ${block.height} (${block.hash}) is not on the chain.`);
    this.name = "DivergedError";
  }
}

interface Requests {
  readonly range: { readonly from: number; readonly to?: number };
}

export interface ChainSourceOptions {
  readonly rpc: ChainRpc;
  readonly reader: BlockReader;
  readonly finalityDepth: number;
  readonly pollIntervalMs: number;
  /** Ends reading and following. */
  readonly signal: AbortSignal;
  /** Told of the chain's head at every look. */
  readonly onHead: (head: ChainHeader) => void;
}

/**
 * The processor's data source: headers by number, and the receipts of the blocks whose bloom names a contract of ours.
 * It differs from the SDK's in what it sees of a fork: the head's hash is compared at every look, so that forks of the same
 * height and shorter ones are noticed on a chain that stands still.
 */
export class ChainSource implements HotDataSource<MarketBlock, unknown> {
  readonly #options: ChainSourceOptions;
  /** What the processor starts with; the finalized lane looks again by itself. */
  readonly #finalizedAtStart: number;

  #splitBlocks = splitBlocks.first;

  constructor(options: ChainSourceOptions, finalizedAtStart: number) {
    this.#options = options;
    this.#finalizedAtStart = finalizedAtStart;
  }

  getFinalizedHeight(): Promise<number> {
    return Promise.resolve(this.#finalizedAtStart);
  }

  async getBlockHash(height: number): Promise<string | null> {
    return (await this.#options.rpc.headerAt(height))?.hash ?? null;
  }

  async *getFinalizedBlocks(requests: readonly Requests[], stopOnHead = false): AsyncIterable<Batch<MarketBlock>> {
    const pending: Promise<Batch<MarketBlock>>[] = [];
    try {
      for await (const { from, to, isHead } of this.#splits(requests, stopOnHead)) {
        const batch = this.#readSplit(from, to).then((blocks) => ({ blocks, isHead }));
        batch.catch(() => undefined); // seen when its turn comes
        pending.push(batch);
        if (pending.length > readAhead) yield await pending.shift()!;
        // Nothing to read ahead: what was read must not wait for the chain's next block.
        while (isHead && pending.length > 0) yield await pending.shift()!;
      }
      while (pending.length > 0) yield await pending.shift()!;
    } finally {
      await Promise.allSettled(pending);
    }
  }

  async *#splits(requests: readonly Requests[], stopOnHead: boolean): AsyncIterable<{ from: number; to: number; isHead: boolean }> {
    const { finalityDepth, pollIntervalMs, signal } = this.#options;
    let final = -1;
    const look = async (): Promise<void> => {
      final = (await this.#look()).height - finalityDepth;
    };
    await look();
    for (const { range } of requests) {
      let from = range.from;
      const last = range.to ?? Number.MAX_SAFE_INTEGER;
      while (from <= last) {
        if (final < from) await look();
        while (final < from) {
          if (stopOnHead) return;
          await wait(pollIntervalMs, undefined, { signal });
          await look();
        }
        const to = Math.min(from + this.#splitBlocks - 1, final, last);
        if (to === final) await look();
        yield { from, to, isHead: to >= final };
        from = to + 1;
      }
    }
  }

  async #readSplit(from: number, to: number): Promise<MarketBlock[]> {
    const { reader, signal } = this.#options;
    signal.throwIfAborted();
    const blocks = await reader.readRange(from, to);
    const density = blocks.reduce((sum, { events }) => sum + events.length, 0) / blocks.length;
    const wanted = density === 0 ? splitBlocks.most : Math.round(splitEvents / density);
    this.#splitBlocks = Math.max(splitBlocks.least, Math.min(splitBlocks.most, wanted, this.#splitBlocks * 4));
    // The last block always goes along: it is where the index stands after it.
    return blocks.filter(({ events, header }) => events.length > 0 || header.height === to);
  }

  async #look(): Promise<ChainHeader> {
    this.#options.signal.throwIfAborted();
    const head = await this.#options.rpc.latest();
    this.#options.onHead(head);
    return head;
  }

  async processHotBlocks(_requests: readonly Requests[], state: HotDatabaseState, update: (change: HotUpdate<MarketBlock>) => Promise<void>): Promise<void> {
    const { pollIntervalMs, signal } = this.#options;
    /** The finalized block, and the hot ones above it. */
    let known: HashAndHeight[] = [{ height: state.height, hash: state.hash }, ...state.top];
    let shorterSince: number | null = null;
    for (; ; await wait(pollIntervalMs, undefined, { signal })) {
      const head = await this.#look();
      const top = known.at(-1)!;
      if (head.hash === top.hash) {
        shorterSince = null;
        continue;
      }
      const position = head.height - known[0]!.height;
      if (position < 0) throw new DivergedError(known[0]!);
      if (known[position]?.hash === head.hash) {
        // A chain cut short. A node that lags looks the same for a while.
        shorterSince ??= performance.now();
        if (performance.now() - shorterSince < shorterChainPatienceMs) continue;
        shorterSince = null;
        known = known.slice(0, position + 1);
        await update({ baseHead: known.at(-1)!, finalizedHead: known[0]!, blocks: [] });
        continue;
      }
      shorterSince = null;
      try {
        while (known.at(-1)!.hash !== head.hash) known = await this.#step(known, head, update);
      } catch (error) {
        // The chain moved while it was read, or the node is not consistent yet: the next look tells.
        if (!(error instanceof ChainAnswerError) || ++this.#badAnswers > 20) throw error;
        continue;
      }
      this.#badAnswers = 0;
    }
  }

  #badAnswers = 0;

  /** Moves towards `head` by up to 100 blocks; finds the common ancestor when the chain forked. */
  async #step(known: readonly HashAndHeight[], head: ChainHeader, update: (change: HotUpdate<MarketBlock>) => Promise<void>): Promise<HashAndHeight[]> {
    const { rpc, reader, finalityDepth } = this.#options;
    const finalized = known[0]!;
    const topHeight = known.at(-1)!.height;
    const to = Math.min(head.height, topHeight + stepBlocks);
    const headers = to > topHeight ? (to === topHeight + 1 && to === head.height ? [head] : await rpc.headers(topHeight + 1, to)) : [head];
    for (;;) {
      const first = headers[0]!;
      const parent = known[first.height - 1 - finalized.height];
      if (parent?.hash === first.parentHash) break;
      if (first.height - 1 <= finalized.height) throw new DivergedError(finalized);
      const before = await rpc.headerOf(first.parentHash);
      if (!before) throw new ChainAnswerError(`block ${first.parentHash} is missing`);
      headers.unshift(before);
    }
    const base = known.slice(0, headers[0]!.height - finalized.height);
    const chain = [...base, ...headers.map(({ height, hash }) => ({ height, hash }))];
    const finalIndex = Math.max(0, Math.min(chain.length - 1, head.height - finalityDepth - finalized.height));
    const next = chain.slice(finalIndex);
    await update({ baseHead: base.at(-1)!, finalizedHead: next[0]!, blocks: await reader.read(headers) });
    return next;
  }
}
