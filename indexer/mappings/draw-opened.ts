import type { Mapping } from "../mapping.js";

/** DrawOpened → the last of its rounds failed too: every auditor may vote on the listing. */
export const drawOpened: Mapping<"DrawOpened"> = {
  reads: ({ listingId }) => ({ assignment: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args: { listingId, round } }, state) {
    const assignment = state.assignment(listingId);
    if (!assignment) return "ASSIGNMENT_UNKNOWN";
    if (assignment.status !== "REQUESTED") return "ASSIGNMENT_STATUS";
    return [{ table: "assignment", row: { ...assignment, status: "OPEN", round, failedDraws: assignment.failedDraws + 1 } }];
  },
};
