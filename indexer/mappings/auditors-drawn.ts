import type { Mapping } from "../mapping.js";
import type { Change } from "../rows.js";

/** AuditorsDrawn → the listing's assignment, and a row for each auditor, in the order of the draw. */
export const auditorsDrawn: Mapping<"AuditorsDrawn"> = {
  reads: ({ listingId }) => ({ assignment: listingId }),
  subjects: ({ listingId }) => ({ listingId }),
  apply({ args: { listingId, round, seed, auditors, exclusiveUntil }, transactionHash, logIndex }, state) {
    const assignment = state.assignment(listingId);
    if (!assignment) return "ASSIGNMENT_UNKNOWN";
    if (assignment.status !== "REQUESTED") return "ASSIGNMENT_STATUS";
    return [
      { table: "assignment", row: { ...assignment, status: "DRAWN", round, seed, exclusiveUntil } },
      ...auditors.map((auditor, position): Change => ({ table: "drawn_auditor", row: { id: `${transactionHash}-${logIndex}-${position}`, listingId, round, position, auditor } })),
    ];
  },
};
