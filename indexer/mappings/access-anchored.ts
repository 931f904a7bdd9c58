import type { Mapping } from "../mapping.js";

/** Largest value of a Postgres integer. */
const maxCount = 2 ** 31 - 1;

/** AccessAnchored → the root of one batch of the access log. */
export const accessAnchored: Mapping<"AccessAnchored"> = {
  reads: ({ index }) => ({ anchor: index }),
  subjects: () => ({}),
  apply({ args: { index, root, count, firstTime, lastTime } }, state) {
    if (state.hasAnchor(index)) return "ANCHOR_EXISTS";
    if (count > maxCount) return "OUT_OF_RANGE";
    return [{ table: "access_anchor", row: { batchIndex: index, root, count, firstTime, lastTime } }];
  },
};
