import type { Mapping } from "../mapping.js";

/** ApprovalRevoked → no more sales: enough auditors took their approval back. */
export const approvalRevoked: Mapping<"ApprovalRevoked"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args }, state) {
    const listing = state.listing(args.listingId);
    if (!listing) return "LISTING_UNKNOWN";
    if (listing.status !== "APPROVED") return "LISTING_STATUS";
    return [{ table: "listing", row: { ...listing, status: "REJECTED" } }];
  },
};
