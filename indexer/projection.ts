import type { EventName, MarketEvent, UnreadableEvent } from "./event-types.js";
import type { InvalidReason, Mapping, Reads, Subjects } from "./mapping.js";
import { mappings } from "./mappings/index.js";
import type { AddedFacts, Change, DisputeFacts, ListingFacts, MarketFacts, OrderFacts, ParticipantFacts, RingFacts, State, VersionedFacts } from "./rows.js";
import { addedTables, keyOf, versionedTables, type AddedRow, type Stamp, type VersionRow } from "./tables.js";
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
  readonly versions: { readonly [Table in keyof VersionedFacts]: VersionRow<Table>[] };
  /** Versions already in the tables that end: key and first block of which they are true no more. */
  readonly ended: { readonly [Table in keyof VersionedFacts]: { key: string; toBlock: number }[] };
  readonly added: { readonly [Table in keyof AddedFacts]: AddedRow<Table>[] };
  readonly feed: FeedEntry[];
}

interface Current {
  row: VersionRow;
  /** In the tables already; otherwise made in this run. */
  stored: boolean;
}

/** Current versions that were loaded for a run of blocks. */
export type LoadedVersions = { readonly [Table in keyof VersionedFacts]: readonly VersionRow<Table>[] } & { readonly anchors: readonly bigint[] };

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
  readonly #anchors: Set<bigint>;
  readonly rows: ProjectedRows = {
    versions: eachTable(() => []),
    ended: eachTable(() => []),
    added: { vote: [], withdrawal: [], access_anchor: [], dispute_vote: [], ring_member: [], key_image: [] },
    feed: [],
  };

  constructor(loaded: LoadedVersions) {
    for (const table of tableNames) {
      for (const row of loaded[table]) this.#setCurrent(table, { row, stored: true });
    }
    this.#anchors = new Set(loaded.anchors);
  }

  listing(id: string): ListingFacts | undefined {
    return this.#current.listing.get(id)?.row as ListingFacts | undefined;
  }
  order(id: string): OrderFacts | undefined {
    return this.#current.trade_order.get(id)?.row as OrderFacts | undefined;
  }
  participant(account: string): ParticipantFacts | undefined {
    return this.#current.participant.get(account)?.row as ParticipantFacts | undefined;
  }
  auditorOf(slot: number): ParticipantFacts | undefined {
    const account = this.#auditorBySlot.get(slot);
    return account === undefined ? undefined : this.participant(account);
  }
  dispute(orderId: string): DisputeFacts | undefined {
    return this.#current.dispute.get(orderId)?.row as DisputeFacts | undefined;
  }
  ring(hash: string): RingFacts | undefined {
    return this.#current.ring.get(hash)?.row as RingFacts | undefined;
  }
  market(): MarketFacts | undefined {
    return this.#current.market.get(marketId)?.row as MarketFacts | undefined;
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
    const { blockNumber, blockTime, transactionHash, logIndex } = event;
    const stamp: Stamp = { blockTime, transactionHash, logIndex };
    if (isVersioned(change)) {
      this.#version(change.table, { ...change.row, ...stamp, fromBlock: blockNumber, toBlock: null });
      return;
    }
    const rows: AddedRow[] = this.rows.added[change.table];
    rows.push({ ...change.row, ...stamp, blockNumber });
    if (change.table === "access_anchor") this.#anchors.add(change.row.batchIndex);
  }

  #version(table: keyof VersionedFacts, row: VersionRow): void {
    const key = keyIn(table, row);
    const before = this.#current[table].get(key);
    if (before && !before.stored && before.row.fromBlock === row.fromBlock) {
      // The rows of this run are written at its end: the version of this block can still be replaced.
      Object.assign(before.row, row);
      this.#setCurrent(table, before);
      return;
    }
    if (before?.stored) this.rows.ended[table].push({ key, toBlock: row.fromBlock });
    else if (before) before.row.toBlock = row.fromBlock;
    const versions: VersionRow[] = this.rows.versions[table];
    versions.push(row);
    this.#setCurrent(table, { row, stored: false });
  }

  #setCurrent(table: keyof VersionedFacts, current: Current): void {
    const key = keyIn(table, current.row);
    this.#current[table].set(key, current);
    if (table !== "participant") return;
    const { roles, auditorSlot } = current.row as VersionRow<"participant">;
    if (roles & Role.AUDITOR) this.#auditorBySlot.set(auditorSlot, key);
    for (const [slot, account] of this.#auditorBySlot) {
      if (account === key && (!(roles & Role.AUDITOR) || slot !== auditorSlot)) this.#auditorBySlot.delete(slot);
    }
  }
}

/** @returns an object with a value of its own for each table with versions. */
function eachTable<Value>(make: () => Value): { [Table in keyof VersionedFacts]: Value } {
  return { participant: make(), listing: make(), trade_order: make(), dispute: make(), ring: make(), market: make() };
}

export const tableNames = Object.keys(versionedTables) as (keyof VersionedFacts)[];
export const addedNames = Object.keys(addedTables) as (keyof AddedFacts)[];

const isVersioned = (change: Change): change is Extract<Change, { table: keyof VersionedFacts }> => change.table in versionedTables;

/** @returns the value of the property that tells rows of this table apart. */
function keyIn(table: keyof VersionedFacts, row: VersionRow): string {
  return (row as unknown as Record<string, string>)[keyOf[table]]!;
}
