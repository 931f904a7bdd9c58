import type { MarketEvent } from "../../schema/entities/index.js";
import { marketCursor, type Finality } from "../live/market-cursor.js";
import type { MarketEventType } from "../types/chain.js";
import type { EventOp } from "../types/states.js";

export const showMarketEvent = (key: Uint8Array, event: MarketEvent, finality?: Finality): MarketEventType => ({
  seq: event.seq,
  cursor: marketCursor(key, event.seq, finality),
  op: event.op as EventOp,
  name: event.name,
  block: { number: event.blockNumber, hash: event.blockHash, time: event.blockTime },
  transactionHash: event.transactionHash,
  logIndex: event.logIndex,
  logPart: event.logPart,
  listingId: event.listingId,
  orderId: event.orderId,
  account: event.account,
  payload: event.payload,
  invalidReason: event.invalidReason,
  reverts: event.reverts,
});
