import type { Change } from "../rows.js";
import type { Mapping } from "../mapping.js";

/** Purchased → a paid order, and one more sale of its listing. */
export const purchased: Mapping<"Purchased"> = {
  reads: ({ orderId, listingId }) => ({ order: orderId, listing: listingId }),
  subjects: ({ orderId, listingId, buyer }) => ({ orderId, listingId, account: buyer }),
  apply({ args, blockNumber, blockTime, transactionHash }, state) {
    if (state.order(args.orderId)) return "ORDER_EXISTS";
    const listing = state.listing(args.listingId);
    if (!listing) return "LISTING_UNKNOWN";
    const order: Change = {
      table: "trade_order",
      row: {
        id: args.orderId,
        listingId: args.listingId,
        buyer: args.buyer,
        salt: args.salt,
        price: args.price,
        purpose: BigInt(args.purpose),
        recipientCommitment: args.recipientCommitment,
        status: "PAID",
        deliverBy: args.deliverBy,
        deliveryCommitment: null,
        settleAfter: null,
        fee: null,
        purchasedBlock: blockNumber,
        purchasedTime: blockTime,
        purchasedTransaction: transactionHash,
        deliveredBlock: null,
        deliveredTime: null,
        deliveredTransaction: null,
        closedBlock: null,
        closedTime: null,
        closedTransaction: null,
      },
    };
    return [order, { table: "listing", row: { ...listing, sales: listing.sales + 1 } }];
  },
};
