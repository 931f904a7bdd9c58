import type { Change } from "../rows.js";
import type { Mapping } from "../mapping.js";

const coordinate = (value: bigint): string => value.toString(16).padStart(64, "0");

/** RingRegistered → a ring with its quota, and its members' keys. */
export const ringRegistered: Mapping<"RingRegistered"> = {
  reads: ({ ringHash }) => ({ ring: ringHash }),
  subjects: () => ({}),
  apply({ args: { ringHash, points, quota, epochLength } }, state) {
    if (state.ring(ringHash)) return "RING_EXISTS";
    if (points.length % 2 !== 0 || epochLength === 0) return "RING_MALFORMED";
    const members = points.length / 2;
    const changes: Change[] = [{ table: "ring", row: { hash: ringHash, members, quota, epochLength: BigInt(epochLength), epoch: 0n, used: 0, revoked: false } }];
    for (let position = 0; position < members; position++) {
      const key = `0x${coordinate(points[2 * position]!)}${coordinate(points[2 * position + 1]!)}`;
      changes.push({ table: "ring_member", row: { id: `${ringHash}-${position}`, ringHash, position, key } });
    }
    return changes;
  },
};
