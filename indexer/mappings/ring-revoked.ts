import type { Mapping } from "../mapping.js";

/** RingRevoked → the ring opens no more listings. */
export const ringRevoked: Mapping<"RingRevoked"> = {
  reads: ({ ringHash }) => ({ ring: ringHash }),
  subjects: () => ({}),
  apply({ args: { ringHash } }, state) {
    const ring = state.ring(ringHash);
    if (!ring) return "RING_UNKNOWN";
    if (ring.revoked) return "RING_STATUS";
    return [{ table: "ring", row: { ...ring, revoked: true } }];
  },
};
