import type { EventName, MarketEvent, UnreadableEvent } from "./event-types.js";
import type { InvalidReason, Mapping, Reads, Subjects } from "./mapping.js";
import { mappings } from "./mappings/index.js";
import type { AddedFacts, Change, State, StateOf, VersionedFacts } from "./rows.js";
import { addedTables, eachTable, keyOf, versionedTables, type Added, type CurrentVersion, type Version } from "./tables.js";
import { marketId } from "./mappings/market.js";
import { Role } from "../schema/market.js";

/** One line of the feed, before it has a number. */
export interface FeedEntry {
  readonly event: MarketEvent | UnreadableEvent;
  readonly subjects: Subjects;
  readonly invalidReason: InvalidReason | UnreadableEvent["reason"] | "UNMAPPED" | null;
}

/** What a run of blocks does to the tables. */
export interface ProjectedRows {
  /** Versions of things that are new in this run. */
  readonly versions: { readonly [Table in keyof VersionedFacts]: Version<Table>[] };
  /** Versions of things that the tables have. */
  readonly continued: { readonly [Table in keyof VersionedFacts]: Version<Table>[] };
  /** Versions already in the tables that end: key, first block, and first block of which they are true no more. */
  readonly ended: { readonly [Table in keyof VersionedFacts]: Ended[] };
  readonly added: { readonly [Table in keyof AddedFacts]: Added<Table>[] };
  readonly feed: FeedEntry[];
}

export interface Ended {
  readonly key: string;
  readonly fromBlock: number;
  readonly toBlock: number;
}

interface Current {
  /** In the tables already, or made in this run. */
  readonly version: CurrentVersion | Version;
  readonly made: Version | null;
  /** The thing was in the tables before this run. */
  readonly continued: boolean;
}

/** Current versions that were loaded for a run of blocks. */
export type LoadedVersions = { readonly [Table in keyof VersionedFacts]: readonly CurrentVersion<Table>[] } & { readonly anchors: readonly bigint[] };

/** @returns the mapping of an event, with the name's type forgotten: name and arguments of an event belong together. */
const mappingOf = (event: MarketEvent): Mapping<EventName> | undefined => mappings[event.name] as Mapping<EventName> | undefined;

/** @returns what the mapping of the event will ask for. */
export function readsOf(event: MarketEvent | UnreadableEvent): Reads {
  return event.args === null ? {} : (mappingOf(event)?.reads(event.args) ?? {});
}

/**
 * Folds events into row changes. Several changes of one thing in one block become one version, that of the block's end.
 * Pure: the same loaded versions and events give the same rows.
 */
export class Projection implements State {
  readonly #current: { readonly [Table in keyof VersionedFacts]: Map<string, Current> } = eachTable(() => new Map<string, Current>());
  readonly #auditorBySlot = new Map<number, string>();
  readonly #anchors = new Set<bigint>();
  /** What changed since it was last told. */
  readonly #changed: { readonly [Table in keyof VersionedFacts]: Set<string> } = eachTable(() => new Set<string>());
  readonly rows: ProjectedRows = {
    versions: eachTable(() => []),
    continued: eachTable(() => []),
    ended: eachTable(() => []),
    added: { vote: [], withdrawal: [], access_anchor: [], access_told: [], drawn_auditor: [], round_commitment: [], round_reveal: [], dispute_vote: [], ring_member: [], key_image: [] },
    feed: [],
  };

  /** Takes what the next events will ask for; of what this run has already, its own versions are newer. */
  load(loaded: LoadedVersions): void {
    for (const table of tableNames) {
      for (const version of loaded[table]) if (!this.#current[table].has(keyIn(table, version.facts))) this.#setCurrent(table, { version, made: null, continued: true });
    }
    for (const anchor of loaded.anchors) this.#anchors.add(anchor);
  }

  listing(id: string): StateOf<"listing"> | undefined {
    return this.#current.listing.get(id)?.version.facts as StateOf<"listing"> | undefined;
  }
  order(id: string): StateOf<"trade_order"> | undefined {
    return this.#current.trade_order.get(id)?.version.facts as StateOf<"trade_order"> | undefined;
  }
  participant(account: string): StateOf<"participant"> | undefined {
    return this.#current.participant.get(account)?.version.facts as StateOf<"participant"> | undefined;
  }
  auditorOf(slot: number): StateOf<"participant"> | undefined {
    const account = this.#auditorBySlot.get(slot);
    return account === undefined ? undefined : this.participant(account);
  }
  dispute(orderId: string): StateOf<"dispute"> | undefined {
    return this.#current.dispute.get(orderId)?.version.facts as StateOf<"dispute"> | undefined;
  }
  ring(hash: string): StateOf<"ring"> | undefined {
    return this.#current.ring.get(hash)?.version.facts as StateOf<"ring"> | undefined;
  }
  market(): StateOf<"market"> | undefined {
    return this.#current.market.get(marketId)?.version.facts as StateOf<"market"> | undefined;
  }
  assignment(listingId: string): StateOf<"assignment"> | undefined {
    return this.#current.assignment.get(listingId)?.version.facts as StateOf<"assignment"> | undefined;
  }
  hasAnchor(batchIndex: bigint): boolean {
    return this.#anchors.has(batchIndex);
  }

  /** Applies the next event in the chain's order. */
  apply(event: MarketEvent | UnreadableEvent): void {
    if (event.args === null) {
      this.rows.feed.push({ event, subjects: {}, invalidReason: event.reason });
      return;
    }
    const mapping = mappingOf(event);
    if (!mapping) {
      this.rows.feed.push({ event, subjects: {}, invalidReason: "UNMAPPED" });
      return;
    }
    const subjects = mapping.subjects(event.args, this);
    const outcome = mapping.apply(event, this);
    if (typeof outcome === "string") {
      this.rows.feed.push({ event, subjects, invalidReason: outcome });
      return;
    }
    for (const change of outcome) this.#change(change, event);
    this.rows.feed.push({ event, subjects, invalidReason: null });
  }

  #change(change: Change, event: MarketEvent): void {
    if (isVersioned(change)) {
      this.#version(change.table, change.row, event);
      return;
    }
    const rows: Added[] = this.rows.added[change.table];
    rows.push({ facts: change.row, at: event });
    if (change.table === "access_anchor") this.#anchors.add(change.row.batchIndex);
  }

  #version(table: keyof VersionedFacts, facts: Version["facts"], at: MarketEvent): void {
    const fromBlock = at.blockNumber;
    const key = keyIn(table, facts);
    const before = this.#current[table].get(key);
    this.#changed[table].add(key);
    if (before?.made?.fromBlock === fromBlock) {
      // The rows of this run are written at its end: the version of this block can still be replaced.
      before.made.facts = facts;
      before.made.at = at;
      this.#setCurrent(table, before);
      return;
    }
    if (before?.made) before.made.toBlock = fromBlock;
    else if (before) this.rows.ended[table].push({ key, fromBlock: before.version.fromBlock, toBlock: fromBlock });
    const made: Version = { facts, at, fromBlock, toBlock: null };
    const continued = before?.continued ?? false;
    const versions: Version[] = continued ? this.rows.continued[table] : this.rows.versions[table];
    versions.push(made);
    this.#setCurrent(table, { version: made, made, continued });
  }

  /** Tells the current version of everything that changed since it was last told. */
  tellChanged(tell: (table: keyof VersionedFacts, key: string, version: Version, continued: boolean) => void): void {
    for (const table of tableNames) {
      for (const key of this.#changed[table]) {
        const { made, continued } = this.#current[table].get(key)!;
        tell(table, key, made!, continued);
      }
      this.#changed[table].clear();
    }
  }

  #setCurrent(table: keyof VersionedFacts, current: Current): void {
    const { facts } = current.version;
    const key = keyIn(table, facts);
    this.#current[table].set(key, current);
    if (table !== "participant") return;
    const { roles, auditorSlot } = facts as StateOf<"participant">;
    if (roles & Role.AUDITOR) this.#auditorBySlot.set(auditorSlot, key);
    for (const [slot, account] of this.#auditorBySlot) {
      if (account === key && (!(roles & Role.AUDITOR) || slot !== auditorSlot)) this.#auditorBySlot.delete(slot);
    }
  }
}

export const tableNames = Object.keys(versionedTables) as (keyof VersionedFacts)[];
export const addedNames = Object.keys(addedTables) as (keyof AddedFacts)[];

const isVersioned = (change: Change): change is Extract<Change, { table: keyof VersionedFacts }> => change.table in versionedTables;

/** @returns the value of the property that tells rows of this table apart. */
function keyIn(table: keyof VersionedFacts, facts: Version["facts"]): string {
  return (facts as unknown as Record<string, string>)[keyOf[table]]!;
}
