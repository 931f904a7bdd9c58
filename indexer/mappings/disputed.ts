import type { Mapping } from "../mapping.js";

/** Disputed → the auditors decide; who settles or refunds waits for them, at most until the vote ends. */
export const disputed: Mapping<"Disputed"> = {
  reads: ({ orderId }) => ({ order: orderId }),
  subjects: ({ orderId, buyer }, state) => ({ orderId, listingId: state.order(orderId)?.listingId, account: buyer }),
  apply({ args: { orderId, buyer, claim, leafIndex, leafHash, voteUntil }, blockNumber, blockTime, transactionHash }, state) {
    const order = state.order(orderId);
    if (!order) return "ORDER_UNKNOWN";
    if (order.status !== "DELIVERED") return "ORDER_STATUS";
    return [
      { table: "trade_order", row: { ...order, status: "DISPUTED", settleAfter: voteUntil } },
      {
        table: "dispute",
        row: {
          ...{ orderId, listingId: order.listingId, buyer, status: "OPEN", claim, leafIndex, leafHash, voteUntil, votesForBuyer: 0, votesForPayee: 0 },
          ...{ openedBlock: blockNumber, openedTime: blockTime, openedTransaction: transactionHash },
          ...{ resolvedBlock: null, resolvedTime: null, resolvedTransaction: null },
        },
      },
    ];
  },
};
