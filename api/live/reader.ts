import type { DataSource } from "typeorm";
import type { Logger } from "../../platform/log.js";
import type { FeedName } from "../feed/feed-wakes.js";
import { keysOf, lanes, type Entry, type Lane, type Place } from "./entry.js";
import { newestPlace, readNext } from "./read-next.js";

export interface Listener {
  readonly lanes: readonly Lane[];
  /** Told of entries about one of these (`keysOf`); null: of all. */
  readonly keys: readonly string[] | null;
  push(entries: readonly Entry[]): void;
}

/** Longest time between looks at the tables, in ms: bounds the harm of a lost notification. */
const idleMs = 2_000;
/** Pause before a look is tried again after the database failed, in ms. */
const retryMs = 250;

const wokenBy: Readonly<Record<FeedName, readonly Lane[]>> = { market_event: ["head"], activity: ["activity"], chain_status: ["final", "chain"] };

/**
 * Reads each new entry of the feeds once for the whole process, and hands it to those whom it concerns, found by index. The tables are the only source;
 * notifications are hints to look. A lane that nobody listens to is not read.
 */
export class LiveReader {
  readonly #database: DataSource;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #place: Place = { head: 0n, final: 0n, activity: 0n, chain: 0n };
  /** Lanes whose place may be behind, since nobody listened. */
  readonly #stale = new Set<Lane>(["head", "final", "activity"]);
  readonly #dirty = new Set<Lane>();
  readonly #everything = new Map<Lane, Set<Listener>>(lanes.map((lane) => [lane, new Set()]));
  readonly #byKey = new Map<Lane, Map<string, Set<Listener>>>(lanes.map((lane) => [lane, new Map()]));
  readonly #counts = new Map<Lane, number>(lanes.map((lane) => [lane, 0]));
  /** One look or registration at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({ database, log }: { database: DataSource; log: Logger }) {
    this.#database = database;
    this.#log = log;
    this.#timer = setInterval(() => this.wake(null), idleMs);
  }

  /** Up to where the feeds were read and handed over. Of lanes that somebody listens to. */
  get place(): Place {
    return this.#place;
  }

  /** @param feed - which may have grown; null: any of them. */
  wake(feed: FeedName | null): void {
    if (this.#closed) return;
    const woken = feed === null ? (["head", "final", "activity"] as const) : wokenBy[feed];
    const isUnderWay = this.#dirty.size > 0;
    for (const lane of woken) this.#dirty.add(lane);
    if (!isUnderWay) void this.#inTurn(() => this.#look());
  }

  /** @returns the place after which the listener is told of everything, and how to stop. */
  async listen(listener: Listener): Promise<{ place: Place; forget: () => void }> {
    return this.#inTurn(async () => {
      const stale = listener.lanes.filter((lane) => this.#stale.has(lane));
      if (stale.length > 0) {
        const newest = await newestPlace(this.#database);
        this.#place = { ...this.#place, ...Object.fromEntries(stale.map((lane) => [lane, newest[lane]])) };
        for (const lane of stale) this.#stale.delete(lane);
      }
      for (const lane of listener.lanes) this.#counts.set(lane, this.#counts.get(lane)! + 1);
      for (const set of this.#setsOf(listener)) set.add(listener);
      return { place: this.#place, forget: () => this.#forget(listener) };
    });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    while (this.#dirty.size > 0 && !this.#closed) {
      const looked = new Set(this.#dirty);
      this.#dirty.clear();
      for (const lane of looked) if (lane !== "chain" && this.#counts.get(lane) === 0) this.#stale.add(lane);
      // These two are told in one order.
      if (looked.has("activity")) looked.add("head");
      else if (looked.has("head")) looked.add("activity");
      const wanted = [...looked].filter((lane) => this.#counts.get(lane)! > 0 && !this.#stale.has(lane));
      try {
        const { entries, more } = await readNext(this.#database, wanted, this.#place);
        const told: Entry[] = looked.has("chain") ? [...entries, { lane: "chain", seq: this.#place.chain + 1n }] : entries;
        if (more) for (const lane of wanted) this.#dirty.add(lane);
        this.#tell(told);
      } catch (error) {
        this.#log.warn({ error }, "the feeds could not be read; tried again shortly");
        for (const lane of looked) this.#dirty.add(lane);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  #tell(entries: readonly Entry[]): void {
    const batches = new Map<Listener, Entry[]>();
    for (const entry of entries) {
      const concerned = new Set(this.#everything.get(entry.lane));
      const index = this.#byKey.get(entry.lane)!;
      for (const key of keysOf(entry)) for (const listener of index.get(key) ?? []) concerned.add(listener);
      for (const listener of concerned) {
        const batch = batches.get(listener);
        if (batch) batch.push(entry);
        else batches.set(listener, [entry]);
      }
      this.#place = { ...this.#place, [entry.lane]: entry.seq };
    }
    for (const [listener, batch] of batches) listener.push(batch);
  }

  #setsOf(listener: Listener): Set<Listener>[] {
    return listener.lanes.flatMap((lane) => {
      if (listener.keys === null || lane === "chain") return [this.#everything.get(lane)!];
      const index = this.#byKey.get(lane)!;
      return listener.keys.map((key) => {
        const set = index.get(key) ?? new Set<Listener>();
        index.set(key, set);
        return set;
      });
    });
  }

  #forget(listener: Listener): void {
    for (const set of this.#setsOf(listener)) set.delete(listener);
    for (const lane of listener.lanes) {
      this.#counts.set(lane, this.#counts.get(lane)! - 1);
      const index = this.#byKey.get(lane)!;
      for (const key of listener.keys ?? []) if (index.get(key)?.size === 0) index.delete(key);
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
