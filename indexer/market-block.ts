import type { MarketEvent, UnreadableEvent } from "./event-types.js";

/** A block's header, as far as it concerns us. */
export interface MarketHeader {
  readonly height: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly time: Date;
  /** Who made the block; null where the chain does not say (`miner` is zero). */
  readonly signer: string | null;
}

/** A transaction that emitted an event of ours; shaped as its row. */
export interface MarketTransaction {
  readonly hash: string;
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly sender: string;
  readonly recipient: string | null;
}

/** A block with the events of the marketplace in it, decoded, in the order of the chain. */
export interface MarketBlock {
  readonly header: MarketHeader;
  readonly transactions: readonly MarketTransaction[];
  readonly events: readonly (MarketEvent | UnreadableEvent)[];
}
