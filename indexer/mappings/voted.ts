import type { Mapping } from "../mapping.js";

/** Voted → the vote, counted on the listing. The counts are of votes cast; which of them still count the contract's `tally` knows. */
export const voted: Mapping<"Voted"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId, auditor }) => ({ listingId, account: auditor }),
  apply({ args: { listingId, auditor, approve, reason }, transactionHash, logIndex, logPart }, state) {
    const listing = state.listing(listingId);
    if (!listing) return "LISTING_UNKNOWN";
    return [
      { table: "vote", row: { id: `${transactionHash}-${logIndex}-${logPart}`, listingId, auditor, approve, reason, logPart } },
      { table: "listing", row: { ...listing, approvals: listing.approvals + (approve ? 1 : 0), rejections: listing.rejections + (approve ? 0 : 1) } },
    ];
  },
};
