import type { Mapping } from "../mapping.js";

/** Repriced → another price for later sales. */
export const repriced: Mapping<"Repriced"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args }, state) {
    const listing = state.listing(args.listingId);
    if (!listing) return "LISTING_UNKNOWN";
    if (listing.status !== "PENDING" && listing.status !== "APPROVED") return "LISTING_STATUS";
    return [{ table: "listing", row: { ...listing, price: args.price } }];
  },
};
