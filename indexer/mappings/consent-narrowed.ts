import type { Mapping } from "../mapping.js";

/** ConsentNarrowed → fewer purposes for later sales. */
export const consentNarrowed: Mapping<"ConsentNarrowed"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args }, state) {
    const listing = state.listing(args.listingId);
    if (!listing) return "LISTING_UNKNOWN";
    if (listing.status !== "PENDING" && listing.status !== "APPROVED") return "LISTING_STATUS";
    return [{ table: "listing", row: { ...listing, purposes: BigInt(args.purposes) } }];
  },
};
