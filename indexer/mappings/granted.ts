import type { Mapping } from "../mapping.js";
import { paidOrder } from "../paid-order.js";

/** Granted → an order at price zero, by the provider's gift: no sale of the listing. */
export const granted: Mapping<"Granted"> = {
  reads: ({ orderId, listingId }) => ({ order: orderId, listing: listingId }),
  subjects: ({ orderId, listingId, grantee }) => ({ orderId, listingId, account: grantee }),
  apply(event, state) {
    const { orderId, grantee, purpose, ...args } = event.args;
    if (state.order(orderId)) return "ORDER_EXISTS";
    if (!state.listing(args.listingId)) return "LISTING_UNKNOWN";
    return [{ table: "trade_order", row: paidOrder({ ...args, id: orderId, buyer: grantee, price: 0n, purpose: BigInt(purpose) }, event) }];
  },
};
