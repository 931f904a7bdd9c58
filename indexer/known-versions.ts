import { KeyFilter } from "./key-filter.js";
import { eachTable, stateColumns, type StoredVersion } from "./tables.js";
import type { VersionedFacts } from "./rows.js";

type Table = keyof VersionedFacts;

/** Things of one table that are remembered: some 300 bytes each. */
const limit = 30_000;

/**
 * Current versions as the tables hold them, of the things that changed last, so that they need not be loaded again by the one writer. Whoever takes the
 * tables back, or gives a transaction up, must `forget`.
 */
export class KnownVersions {
  #versions = eachTable(() => new Map<string, StoredVersion>());
  /** Every key that the tables hold, if they were empty at first: then a thing that is not in it is new. Null if they were not. */
  readonly #keys: { readonly [T in Table]: KeyFilter | null };

  /** @param emptyTables that the tables hold no row yet. */
  constructor(emptyTables: boolean) {
    const filtered = (table: Table): KeyFilter | null => (emptyTables && (table === "listing" || table === "trade_order") ? new KeyFilter() : null);
    this.#keys = { ...eachTable(() => null), listing: filtered("listing"), trade_order: filtered("trade_order") };
  }

  /** @returns the current version; null if there is no such thing; undefined if the tables must be asked. */
  get(table: Table, key: string): StoredVersion | null | undefined {
    const version = this.#versions[table].get(key);
    if (version !== undefined) return version;
    return this.#keys[table]?.mayHave(key) === false ? null : undefined;
  }

  /** Takes the state's columns alone: a row as an event made it holds much more. */
  set(table: Table, key: string, row: StoredVersion): void {
    const versions = this.#versions[table];
    // The oldest entry of a Map comes first.
    versions.delete(key);
    const state: Record<string, unknown> = {};
    for (const column of stateColumns[table]) state[column] = (row as unknown as Record<string, unknown>)[column];
    versions.set(key, state as unknown as StoredVersion);
    this.#keys[table]?.add(key);
    if (versions.size > limit) versions.delete(versions.keys().next().value!);
  }

  forget(): void {
    this.#versions = eachTable(() => new Map<string, StoredVersion>());
  }
}
