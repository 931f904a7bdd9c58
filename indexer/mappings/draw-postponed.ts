import type { Mapping } from "../mapping.js";

/** DrawPostponed → the round failed: the listing waits for another. */
export const drawPostponed: Mapping<"DrawPostponed"> = {
  reads: ({ listingId }) => ({ assignment: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args: { listingId, round, failedDraws } }, state) {
    const assignment = state.assignment(listingId);
    if (!assignment) return "ASSIGNMENT_UNKNOWN";
    if (assignment.status !== "REQUESTED") return "ASSIGNMENT_STATUS";
    return [{ table: "assignment", row: { ...assignment, round, failedDraws } }];
  },
};
