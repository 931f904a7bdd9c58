import type { Mapping } from "../mapping.js";

/** DisputeResolved → decided, by vote or because nobody did in time. The order changes by Settled or Refunded, which follow in the same transaction. */
export const disputeResolved: Mapping<"DisputeResolved"> = {
  reads: ({ orderId }) => ({ dispute: orderId }),
  subjects: ({ orderId }, state) => ({ orderId, listingId: state.dispute(orderId)?.listingId, account: state.dispute(orderId)?.buyer }),
  apply({ args: { orderId, forBuyer }, blockNumber, blockTime, transactionHash }, state) {
    const dispute = state.dispute(orderId);
    if (!dispute) return "DISPUTE_UNKNOWN";
    if (dispute.status !== "OPEN") return "DISPUTE_STATUS";
    const status = forBuyer ? "FOR_BUYER" : "FOR_PAYEE";
    return [{ table: "dispute", row: { ...dispute, status, resolvedBlock: blockNumber, resolvedTime: blockTime, resolvedTransaction: transactionHash } }];
  },
};
