import type { Mapping } from "../mapping.js";

/** Rejected → the listing is refused: enough auditors voted against it. */
export const rejected: Mapping<"Rejected"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args }, state) {
    const listing = state.listing(args.listingId);
    if (!listing) return "LISTING_UNKNOWN";
    if (listing.status !== "PENDING") return "LISTING_STATUS";
    return [{ table: "listing", row: { ...listing, status: "REJECTED" } }];
  },
};
