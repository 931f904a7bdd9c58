import type { Mapping } from "../mapping.js";

/** Delisted → taken off the market for good. */
export const delisted: Mapping<"Delisted"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args }, state) {
    const listing = state.listing(args.listingId);
    if (!listing) return "LISTING_UNKNOWN";
    if (listing.status !== "PENDING" && listing.status !== "APPROVED") return "LISTING_STATUS";
    return [{ table: "listing", row: { ...listing, status: "DELISTED" } }];
  },
};
