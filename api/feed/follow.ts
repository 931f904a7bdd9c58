import type { FeedName, FeedWakes } from "./feed-wakes.js";

/** Entries read at once. */
export const feedPageSize = 500;

/** Longest wait without a look at the table, in ms: bounds the harm of a lost notification, and how late an ended session is noticed. */
const idleMs = 2_000;

/**
 * Follows a numbered feed: reads what comes after a number, gives it out, waits for more. The table is the only source.
 * @param options.read - entries after a number, in order, at most `feedPageSize`.
 * @param options.check - asked before each read; what it throws ends the subscription.
 */
export async function* follow<Entry>(options: {
  wakes: FeedWakes;
  feed: FeedName;
  after: bigint;
  read: (after: bigint, limit: number) => Promise<Entry[]>;
  seqOf: (entry: Entry) => bigint;
  check: () => Promise<void>;
  signal: AbortSignal;
}): AsyncGenerator<Entry, void, undefined> {
  const { wakes, feed, signal } = options;
  let last = options.after;
  while (!signal.aborted) {
    // Taken before the read: what is written between the read and the wait changes it, and the wait returns at once.
    const version = wakes.version(feed);
    await options.check();
    const entries = await options.read(last, feedPageSize);
    for (const entry of entries) {
      if (signal.aborted) return;
      yield entry;
      last = options.seqOf(entry);
    }
    if (entries.length < feedPageSize) await wakes.next(feed, version, signal, idleMs);
  }
}
