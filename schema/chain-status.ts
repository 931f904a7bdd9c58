/** Names of the contract's `ListingStatus`, by their number there. */
export const chainListingStatus = ["NONE", "PENDING", "APPROVED", "REJECTED", "DELISTED"] as const;
export type ChainListingStatus = (typeof chainListingStatus)[number];

/** Names of the contract's `OrderStatus`, by their number there. */
export const chainOrderStatus = ["NONE", "PAID", "DELIVERED", "DISPUTED", "SETTLED", "REFUNDED"] as const;
export type ChainOrderStatus = (typeof chainOrderStatus)[number];
