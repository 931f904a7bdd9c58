import type { Mapping } from "../mapping.js";

/** DisputeVoted → the vote, counted on the dispute. The counts are of votes cast; which of them still count the contract's `disputeOf` knows. */
export const disputeVoted: Mapping<"DisputeVoted"> = {
  reads: ({ orderId }) => ({ dispute: orderId }),
  subjects: ({ orderId, auditor }, state) => ({ orderId, listingId: state.dispute(orderId)?.listingId, account: auditor }),
  apply({ args: { orderId, auditor, forBuyer, reason }, transactionHash, logIndex }, state) {
    const dispute = state.dispute(orderId);
    if (!dispute) return "DISPUTE_UNKNOWN";
    if (dispute.status !== "OPEN") return "DISPUTE_STATUS";
    const { votesForBuyer, votesForPayee } = dispute;
    return [
      { table: "dispute_vote", row: { id: `${transactionHash}-${logIndex}`, orderId, auditor, forBuyer, reason } },
      { table: "dispute", row: { ...dispute, votesForBuyer: votesForBuyer + (forBuyer ? 1 : 0), votesForPayee: votesForPayee + (forBuyer ? 0 : 1) } },
    ];
  },
};
