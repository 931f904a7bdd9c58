import type { Mapping } from "../mapping.js";

/** Revealed → one of the secrets that make the round's seed. */
export const revealed: Mapping<"Revealed"> = {
  reads: () => ({}),
  subjects: ({ auditor }) => ({ account: auditor }),
  apply: ({ args: { round, auditor, secret }, transactionHash, logIndex }) => [
    { table: "round_reveal", row: { id: `${transactionHash}-${logIndex}`, round, auditor, secret } },
  ],
};
