import { listen } from "../../platform/database/listen.js";
import type { Logger } from "../../platform/log.js";

export type FeedName = "market_event" | "activity" | "chain_status";
const feeds: readonly FeedName[] = ["market_event", "activity", "chain_status"];

/**
 * Tells that a feed may have grown. A wake carries nothing: whoever hears it reads the table from the number it stopped at,
 * so a lost, doubled or late wake loses and repeats nothing.
 */
export interface FeedWakes {
  /** @returns a number that grows with each wake. Take it BEFORE reading the table, and pass it to `next`. */
  version(feed: FeedName): number;
  /** Resolves at once if the feed woke since `version`, else at the next wake, after `maxMs`, or when `signal` aborts. */
  next(feed: FeedName, version: number, signal: AbortSignal, maxMs: number): Promise<void>;
  close(): Promise<void>;
}

/** One connection of its own listens for the whole process. @param options.onSession - told of a session that was revoked */
export async function listenToFeeds(options: { url: string; log: Logger; onWake?: (feed: FeedName | null) => void; onSession?: (id: string) => void }): Promise<FeedWakes> {
  const versions = new Map<FeedName, number>(feeds.map((feed) => [feed, 0]));
  const waiting = new Map<FeedName, Set<() => void>>(feeds.map((feed) => [feed, new Set()]));
  const wake = (feed: FeedName): void => {
    versions.set(feed, (versions.get(feed) ?? 0) + 1);
    const resolves = waiting.get(feed);
    waiting.set(feed, new Set());
    for (const resolve of resolves ?? []) resolve();
  };
  const connection = await listen({
    url: options.url,
    channels: [...feeds, "session"],
    onWake(channel, payload) {
      if (channel === "session") return options.onSession?.(payload ?? "");
      // null: (re)connected. Whatever happened meanwhile was not told, so all are woken.
      const woken = channel === null ? feeds : feeds.filter((feed) => feed === channel);
      for (const feed of woken) wake(feed);
      options.onWake?.(channel as FeedName | null);
    },
    onError: (error) => options.log.warn({ error }, "the feeds' connection was lost; it is opened again"),
  });
  return {
    version: (feed) => versions.get(feed) ?? 0,
    next(feed, version, signal, maxMs) {
      if (signal.aborted || versions.get(feed) !== version) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          waiting.get(feed)?.delete(done);
          resolve();
        };
        const timer = setTimeout(done, maxMs);
        signal.addEventListener("abort", done, { once: true });
        waiting.get(feed)?.add(done);
      });
    },
    close: () => connection.close(),
  };
}
