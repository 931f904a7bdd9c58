import { KeyFilter } from "./key-filter.js";
import { tableNames } from "./projection.js";
import { eachTable, stateFacts, type CurrentVersion, type Version } from "./tables.js";
import type { VersionedFacts } from "./rows.js";

type Table = keyof VersionedFacts;

/** Things of one table after which a generation is full: some 300 bytes each. */
const limit = 10_000;

/**
 * Current versions as the tables hold them, of the things that changed last, so that they need not be loaded again by the one writer. Whoever takes the
 * tables back, or gives a transaction up, must `forget`.
 */
export class KnownVersions {
  /** Two generations a table: when the young one is full it becomes the old one, whose things are let go. */
  #young = eachTable(() => new Map<string, CurrentVersion>());
  #old = eachTable(() => new Map<string, CurrentVersion>());
  /** Every key that the tables hold, if they were empty at first: then a thing that is not in it is new. Null if they were not. */
  readonly #keys: { readonly [T in Table]: KeyFilter | null };

  /** @param emptyTables that the tables hold no row yet. */
  constructor(emptyTables: boolean) {
    const filtered = (table: Table): KeyFilter | null => (emptyTables && (table === "listing" || table === "trade_order") ? new KeyFilter() : null);
    this.#keys = { ...eachTable(() => null), listing: filtered("listing"), trade_order: filtered("trade_order") };
  }

  /** @returns the current version; null if there is no such thing; undefined if the tables must be asked. */
  get(table: Table, key: string): CurrentVersion | null | undefined {
    const version = this.#young[table].get(key) ?? this.#old[table].get(key);
    if (version !== undefined) return version;
    return this.#keys[table]?.mayHave(key) === false ? null : undefined;
  }

  /** @param continued that the version has the facts of the state alone; a new thing's holds much more, which is let go. */
  set(table: Table, key: string, { facts, fromBlock }: Version, continued: boolean): void {
    this.#young[table].set(key, { facts: continued ? facts : stateOf(table, facts), fromBlock });
    this.#keys[table]?.add(key);
  }

  /** Lets the old go. To be called between transactions: what was told since the time before is kept, as the tables may not have it yet. */
  age(): void {
    for (const table of tableNames) {
      if (this.#young[table].size < limit) continue;
      this.#old[table] = this.#young[table];
      this.#young[table] = new Map<string, CurrentVersion>();
    }
  }

  forget(): void {
    this.#young = eachTable(() => new Map<string, CurrentVersion>());
    this.#old = eachTable(() => new Map<string, CurrentVersion>());
  }
}

function stateOf(table: Table, facts: Version["facts"]): CurrentVersion["facts"] {
  const state: Record<string, unknown> = {};
  for (const name of stateFacts[table]) state[name] = (facts as unknown as Record<string, unknown>)[name];
  return state as unknown as CurrentVersion["facts"];
}
