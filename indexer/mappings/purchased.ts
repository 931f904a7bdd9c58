import type { Mapping } from "../mapping.js";
import { paidOrder } from "../paid-order.js";

/** Purchased → a paid order, and one more sale of its listing. */
export const purchased: Mapping<"Purchased"> = {
  reads: ({ orderId, listingId }) => ({ order: orderId, listing: listingId }),
  subjects: ({ orderId, listingId, buyer }) => ({ orderId, listingId, account: buyer }),
  apply(event, state) {
    const { orderId, listingId, buyer, salt, price, purpose, recipientCommitment, deliverBy } = event.args;
    if (state.order(orderId)) return "ORDER_EXISTS";
    const listing = state.listing(listingId);
    if (!listing) return "LISTING_UNKNOWN";
    return [
      { table: "trade_order", row: paidOrder({ id: orderId, listingId, buyer, salt, price, purpose: BigInt(purpose), recipientCommitment, deliverBy }, event) },
      { table: "listing", row: { ...listing, sales: listing.sales + 1 } },
    ];
  },
};
