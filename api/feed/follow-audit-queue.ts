import { Role } from "../../schema/market.js";
import { requireRole } from "../auth/accreditation.js";
import { renewLoaders, type ApiContext } from "../context.js";
import { ChangeKind } from "../types/states.js";
import { queueCursor, readQueueCursor, readQueueEvents, readQueueSnapshot, type QueueChange } from "./audit-queue.js";
import { checkSession } from "./check-session.js";
import { follow } from "./follow.js";
import { stoppable } from "./stoppable.js";

/**
 * What waits, as ADDED, then each change; from a cursor only what came after it, also within the snapshot.
 * @throws AppError UNAUTHENTICATED, NOT_ACCREDITED (at first, or once the accreditation ends), CURSOR_INVALID
 */
export async function followAuditQueue(context: ApiContext, after: string | null | undefined): Promise<AsyncIterableIterator<QueueChange>> {
  await requireRole(context, Role.AUDITOR);
  const { database, wakes, keys } = context.deps;
  const place = after === null || after === undefined ? null : readQueueCursor(keys.cursor, after);
  return stoppable(async function* (signal) {
    let seq = place?.seq ?? 0n;
    if (place === null || place.position !== null) {
      const snapshot = await readQueueSnapshot(database, place);
      seq = snapshot.seq;
      for (const [index, { listingId, position }] of snapshot.waiting.entries()) {
        const isLast = index === snapshot.waiting.length - 1;
        yield { kind: ChangeKind.ADDED, listingId, cursor: queueCursor(keys.cursor, { seq, position: isLast ? null : position }) };
      }
    }
    const events = follow({
      wakes,
      feed: "market_event",
      after: seq,
      read: (from, limit) => readQueueEvents(database, from, limit),
      seqOf: (event) => event.seq,
      async check() {
        await checkSession(context);
        renewLoaders(context);
        await requireRole(context, Role.AUDITOR);
      },
      signal,
    });
    for await (const { seq: at, listingId, kind } of events) {
      if (kind !== null && listingId !== null) yield { kind, listingId, cursor: queueCursor(keys.cursor, { seq: at, position: null }) };
    }
  });
}
