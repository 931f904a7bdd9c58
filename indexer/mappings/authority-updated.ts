import type { Mapping } from "../mapping.js";
import { marketBefore } from "./market.js";

/** AuthorityUpdated → another AccessManager administers the market; the first when it was deployed. */
export const authorityUpdated: Mapping<"AuthorityUpdated"> = {
  reads: () => ({ market: true }),
  subjects: () => ({}),
  apply: ({ args: { authority } }, state) => [{ table: "market", row: { ...marketBefore(state), authority } }],
};
