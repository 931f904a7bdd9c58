import type { Mapping } from "../mapping.js";

/** AccessTold → one access of the log. The contract counts: no number comes twice, and none is left out. */
export const accessTold: Mapping<"AccessTold"> = {
  reads: () => ({}),
  subjects: () => ({}),
  apply: ({ args: { number, hash }, transactionHash, logIndex }) =>
    number > maxNumber ? "OUT_OF_RANGE" : [{ table: "access_told", row: { id: `${transactionHash}-${logIndex}`, number, hash } }],
};

/** Largest value of a Postgres bigint. */
const maxNumber = 2n ** 63n - 1n;
