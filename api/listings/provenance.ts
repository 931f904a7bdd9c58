import type { MarketEvent } from "../../schema/entities/index.js";
import type { ProvenanceStep } from "../types/provenance.js";

/** An event of the feed, as a step of what it is about. */
export const toStep = ({ seq, name, account, orderId, blockNumber, blockHash, blockTime, transactionHash, payload }: MarketEvent): ProvenanceStep => ({
  seq,
  name,
  account,
  orderId,
  block: { number: blockNumber, hash: blockHash, time: blockTime },
  transactionHash,
  payload,
});
