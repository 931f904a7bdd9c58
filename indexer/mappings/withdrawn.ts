import type { Mapping } from "../mapping.js";

/** Withdrawn → a payout taken from the contract. */
export const withdrawn: Mapping<"Withdrawn"> = {
  reads: () => ({}),
  subjects: ({ account }) => ({ account }),
  apply: ({ args: { account, to, amount }, transactionHash, logIndex }) => [
    { table: "withdrawal", row: { id: `${transactionHash}-${logIndex}`, account, recipient: to, amount } },
  ],
};
