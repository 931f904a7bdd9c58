import type { Mapping } from "../mapping.js";

/** Approved → the listing can be traded: enough auditors voted for it. */
export const approved: Mapping<"Approved"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args }, state) {
    const listing = state.listing(args.listingId);
    if (!listing) return "LISTING_UNKNOWN";
    if (listing.status !== "PENDING") return "LISTING_STATUS";
    return [{ table: "listing", row: { ...listing, status: "APPROVED" } }];
  },
};
