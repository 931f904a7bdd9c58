import type { MarketBlock } from "./market-block.js";
import { continueVersions } from "./continue-versions.js";
import { plainCells, type Cell, type Sql } from "./copy-rows.js";
import { insertOf, insertRows, type Insert } from "./insert-rows.js";
import { KnownVersions } from "./known-versions.js";
import { findKnown, loadVersions } from "./load-versions.js";
import { addedNames, Projection, readsOf, tableNames, type FeedEntry, type LoadedVersions, type ProjectedRows } from "./projection.js";
import { addedTables, chainTables, columnName, type Added, type Columns, type Version } from "./tables.js";
import { versionCells } from "./version-cells.js";

const positions: ReadonlySet<string> = new Set(["blockNumber", "blockTime", "transactionHash", "logIndex"]);
const blockCells = plainCells(chainTables.block);
const transactionCells = plainCells(chainTables.chain_transaction);
const addedCells = Object.fromEntries(
  addedNames.map((table) => [
    table,
    Object.entries<Columns[string]>(addedTables[table]).map(
      ([name, type]): Cell<Added> => ({ column: columnName(name), type, read: positions.has(name) ? ({ at }) => (at as unknown as Record<string, unknown>)[name] : ({ facts }) => (facts as unknown as Record<string, unknown>)[name] }),
    ),
  ]),
) as Record<(typeof addedNames)[number], Cell<Added>[]>;

/** What blocks do to the tables, ready to be written. */
export class BlockRows {
  readonly #projection = new Projection();
  readonly #blocks: MarketBlock[] = [];

  /** Blocks with events, in order. */
  get blocks(): readonly MarketBlock[] {
    return this.#blocks;
  }
  get rows(): ProjectedRows {
    return this.#projection.rows;
  }

  /**
   * Projects the next blocks.
   * @param loaded what `findKnown` asks for.
   * @param known is told of the versions made; it must `forget` them if they are not written.
   */
  add(blocks: readonly MarketBlock[], loaded: LoadedVersions, known: KnownVersions): void {
    this.#projection.load(loaded);
    for (const block of blocks) {
      if (block.events.length === 0) continue;
      this.#blocks.push(block);
      for (const event of block.events) this.#projection.apply(event);
    }
    this.#projection.tellChanged((table, key, version, continued) => known.set(table, key, version, continued));
  }
}

/** @returns what the events of blocks ask for, as far as it is known, and what the tables must be asked. */
export const findReads = (blocks: readonly MarketBlock[], known: KnownVersions): ReturnType<typeof findKnown> => findKnown(blocks.flatMap(({ events }) => events.map(readsOf)), known);

/** @returns what blocks do to the tables, in the caller's transaction. */
export async function projectLoaded(sql: Sql, schema: string, blocks: readonly MarketBlock[], known: KnownVersions): Promise<BlockRows> {
  const { wanted, versions } = findReads(blocks, known);
  const rows = new BlockRows();
  rows.add(blocks, await loadVersions(sql, schema, wanted, versions), known);
  return rows;
}

/**
 * Projects blocks into the tables of `schema`, in the caller's transaction.
 * @returns what the feed is to tell, in order.
 */
export async function writeRows(sql: Sql, schema: string, blocks: readonly MarketBlock[]): Promise<readonly FeedEntry[]> {
  const rows = await projectLoaded(sql, schema, blocks, new KnownVersions(false));
  await writeProjected(sql, schema, rows);
  return rows.rows.feed;
}

/** @param told - the feed's rows, to be written with the others. */
export async function writeProjected(sql: Sql, schema: string, { blocks, rows: { versions, continued, ended, added } }: BlockRows, told: readonly Insert[] = []): Promise<void> {
  for (const table of tableNames) await continueVersions(sql, schema, table, ended[table], continued[table]);
  await insertRows(sql, [
    ...tableNames.map((table) => insertOf<Version>(`${schema}.${table}`, versionCells[table], versions[table])),
    ...addedNames.map((table) => insertOf<Added>(`${schema}.${table}`, addedCells[table], added[table])),
    insertOf(`${schema}.block`, blockCells, blocks.map(({ header: { height, hash, time, signer } }) => ({ number: height, hash, time, signer }))),
    insertOf(`${schema}.chain_transaction`, transactionCells, blocks.flatMap(({ transactions }) => transactions)),
    ...told,
  ]);
}
