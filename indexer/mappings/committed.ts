import type { Mapping } from "../mapping.js";

/** Committed → an auditor takes part in a round. */
export const committed: Mapping<"Committed"> = {
  reads: () => ({}),
  subjects: ({ auditor }) => ({ account: auditor }),
  apply: ({ args: { round, auditor, commitment }, transactionHash, logIndex }) => [
    { table: "round_commitment", row: { id: `${transactionHash}-${logIndex}`, round, auditor, commitment } },
  ],
};
