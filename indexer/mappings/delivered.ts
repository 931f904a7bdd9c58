import type { Mapping } from "../mapping.js";

/** Delivered → the buyer got key and link; the settle window opens. */
export const delivered: Mapping<"Delivered"> = {
  reads: ({ orderId }) => ({ order: orderId }),
  subjects: ({ orderId }, state) => ({ orderId, listingId: state.order(orderId)?.listingId, account: state.order(orderId)?.buyer }),
  apply({ args, blockNumber, blockTime, transactionHash }, state) {
    const order = state.order(args.orderId);
    if (!order) return "ORDER_UNKNOWN";
    if (order.status !== "PAID") return "ORDER_STATUS";
    const { deliveryCommitment, settleAfter } = args;
    return [
      {
        table: "trade_order",
        row: { ...order, status: "DELIVERED", deliveryCommitment, settleAfter, deliveredBlock: blockNumber, deliveredTime: blockTime, deliveredTransaction: transactionHash },
      },
    ];
  },
};
