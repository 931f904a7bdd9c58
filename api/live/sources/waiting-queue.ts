import { AppError } from "../../../schema/errors.js";
import type { MarketEvent } from "../../../schema/entities/index.js";
import type { ApiDeps } from "../../deps.js";
import { decodeCursor, encodeCursor } from "../../paging/cursor.js";
import { ChangeKind } from "../../types/states.js";
import type { Lane } from "../entry.js";
import type { LiveQuery } from "../live-query.js";
import { placeAt } from "../place-at.js";
import { readStood, readWaiting, type Waiting, type WaitingList } from "../waiting-list.js";

/** A change of a queue, as its subscription tells it. */
export interface QueueChange {
  readonly kind: ChangeKind;
  /** Of what waits. */
  readonly id: string;
  readonly cursor: string;
  /** What changed it: the chain's event or the platform's change; null in the snapshot. */
  readonly cause: string | null;
  /** Number of the market's entry that this takes back, or null. */
  readonly retracts: bigint | null;
  readonly waiting: Waiting | null;
}

interface Options {
  /** Of the cursor. */
  readonly scope: string;
  readonly list: WaitingList;
  readonly lanes: readonly Lane[];
  /** By what put it on the list, which never changes while it waits. */
  readonly matches: (waiting: Waiting) => boolean;
}

/**
 * A queue: what waits as ADDED, then each change. A cursor is a place in both feeds and, within the snapshot taken there, the position after which it goes on.
 */
export function waitingQueue({ database, keys }: ApiDeps, { scope, list, lanes, matches }: Options): LiveQuery {
  const cursorAt = (head: bigint, activity: bigint, position: bigint | null): string => encodeCursor(keys.cursor, scope, [head.toString(), activity.toString(), position === null ? null : position.toString()]);
  const query: LiveQuery<QueueChange> = {
    lanes,
    keys: null,
    async begin(after) {
      const at = after === null ? null : read(decodeCursor(keys.cursor, scope, after));
      if (at !== null && at.position === null) return { place: placeAt(at), snapshot: [] };
      const { head, activity, waiting } = await readWaiting(database, list, at);
      const shown = waiting.filter(matches);
      const snapshot = shown.map(({ id, ...each }, index): QueueChange => ({
        kind: ChangeKind.ADDED,
        id,
        cursor: cursorAt(head, activity, index === shown.length - 1 ? null : each.position),
        cause: null,
        retracts: null,
        waiting: each,
      }));
      return { place: placeAt({ head, activity }), snapshot };
    },
    async map(steps) {
      const asked = steps.map(({ entry, before, place }) => {
        const id = entry.lane === "head" ? subjectOf(list, entry.event) : entry.lane === "activity" && entry.activity.kind === "AUDIT" ? entry.activity.listingId : null;
        return id === null ? null : { id, before: entry.lane === "head" ? entry.seq - 1n : before.head, after: place.head, activity: lanes.includes("activity") ? place.activity : 0n };
      });
      const stood = await readStood(database, list, asked.filter((each) => each !== null));
      let next = 0;
      return steps.map(({ entry, place }, index) => {
        const about = asked[index];
        if (!about) return null;
        const { before, after, audit } = stood[next++]!;
        const [was, is] = [before !== null && matches(before), after !== null && matches(after)];
        if (!was && !is) return null;
        return {
          kind: was ? (is ? ChangeKind.UPDATED : ChangeKind.REMOVED) : ChangeKind.ADDED,
          id: about.id,
          // Not the place itself: what else of the platform's was read by now is chance, and the same change has the same cursor always.
          cursor: cursorAt(place.head, audit, null),
          cause: entry.lane === "head" ? entry.event.name : entry.lane === "activity" ? String((entry.activity.payload as { change: unknown }).change) : null,
          retracts: entry.lane === "head" ? entry.event.reverts : null,
          waiting: after,
        };
      });
    },
    cursorOf: ({ cursor }) => cursor,
  };
  return query as LiveQuery;
}

const subjectOf = ({ subject }: WaitingList, event: MarketEvent): string | null => (subject === "listing_id" ? event.listingId : event.orderId);

/** @throws AppError CURSOR_INVALID */
function read([head, activity, position]: readonly unknown[]): { head: bigint; activity: bigint; position: bigint | null } {
  if (typeof head !== "string" || typeof activity !== "string") throw new AppError("CURSOR_INVALID", "The cursor was not issued by this API, or for another query.");
  return { head: BigInt(head), activity: BigInt(activity), position: typeof position === "string" ? BigInt(position) : null };
}
