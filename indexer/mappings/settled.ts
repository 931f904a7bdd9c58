import type { Mapping } from "../mapping.js";

/** Settled → payee and treasury were credited; the order is closed. */
export const settled: Mapping<"Settled"> = {
  reads: ({ orderId }) => ({ order: orderId }),
  subjects: ({ orderId, payee }, state) => ({ orderId, listingId: state.order(orderId)?.listingId, account: payee }),
  apply({ args: { orderId, fee }, blockNumber, blockTime, transactionHash }, state) {
    const order = state.order(orderId);
    if (!order) return "ORDER_UNKNOWN";
    if (order.status !== "DELIVERED" && order.status !== "DISPUTED") return "ORDER_STATUS";
    return [{ table: "trade_order", row: { ...order, status: "SETTLED", fee, closedBlock: blockNumber, closedTime: blockTime, closedTransaction: transactionHash } }];
  },
};
