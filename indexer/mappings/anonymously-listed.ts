import type { Mapping } from "../mapping.js";
import { unixTime } from "../unix-time.js";

/** AnonymouslyListed → which ring and key image opened the listing, whose Listed came just before; and one more of the ring's quota in this epoch. */
export const anonymouslyListed: Mapping<"AnonymouslyListed"> = {
  reads: ({ listingId, ringHash }) => ({ listing: listingId, ring: ringHash }),
  subjects: ({ listingId }, state) => ({ listingId, account: state.listing(listingId)?.payee }),
  apply({ args: { listingId, ringHash, keyImage }, blockTime, transactionHash, logIndex }, state) {
    if (!state.listing(listingId)) return "LISTING_UNKNOWN";
    const ring = state.ring(ringHash);
    if (!ring) return "RING_UNKNOWN";
    if (ring.revoked) return "RING_STATUS";
    const epoch = unixTime(blockTime) / ring.epochLength;
    return [
      { table: "key_image", row: { id: `${transactionHash}-${logIndex}`, keyImage, ringHash, listingId } },
      { table: "ring", row: { ...ring, epoch, used: epoch === ring.epoch ? ring.used + 1 : 1 } },
    ];
  },
};
