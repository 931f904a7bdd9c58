import type { Mapping } from "../mapping.js";

/** Refunded → the buyer was credited; the order is closed. */
export const refunded: Mapping<"Refunded"> = {
  reads: ({ orderId }) => ({ order: orderId }),
  subjects: ({ orderId, buyer }, state) => ({ orderId, listingId: state.order(orderId)?.listingId, account: buyer }),
  apply({ args: { orderId }, blockNumber, blockTime, transactionHash }, state) {
    const order = state.order(orderId);
    if (!order) return "ORDER_UNKNOWN";
    if (order.status !== "PAID" && order.status !== "DISPUTED") return "ORDER_STATUS";
    return [{ table: "trade_order", row: { ...order, status: "REFUNDED", closedBlock: blockNumber, closedTime: blockTime, closedTransaction: transactionHash } }];
  },
};
