import type { Mapping } from "../mapping.js";

/** DrawRequested → the listing waits for its round. */
export const drawRequested: Mapping<"DrawRequested"> = {
  reads: ({ listingId }) => ({ assignment: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args: { listingId, round } }, state) {
    if (state.assignment(listingId)) return "ASSIGNMENT_EXISTS";
    return [{ table: "assignment", row: { listingId, status: "REQUESTED", round, failedDraws: 0, seed: null, exclusiveUntil: null } }];
  },
};
