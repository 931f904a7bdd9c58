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
export interface Projected {
  readonly blocks: readonly MarketBlock[];
  readonly rows: ProjectedRows;
}

/**
 * Projects blocks into the tables of `schema`, in the caller's transaction.
 * @returns what the feed is to tell, in order.
 */
export async function writeRows(sql: Sql, schema: string, blocks: readonly MarketBlock[], known = new KnownVersions(false)): Promise<readonly FeedEntry[]> {
  const projected = await projectLoaded(sql, schema, blocks, known);
  await writeProjected(sql, schema, projected);
  return projected.rows.feed;
}

/** @returns what blocks do to the tables, in the caller's transaction. */
export async function projectLoaded(sql: Sql, schema: string, blocks: readonly MarketBlock[], known: KnownVersions): Promise<Projected> {
  const { wanted, versions } = findKnown(eventsOf(blocks).map(readsOf), known);
  return project(blocks, await loadVersions(sql, schema, wanted, versions), known);
}

/** @returns what blocks do to the tables, if that is known without asking them; otherwise null. */
export function projectKnown(blocks: readonly MarketBlock[], known: KnownVersions): Projected | null {
  const { wanted, versions } = findKnown(eventsOf(blocks).map(readsOf), known);
  return wanted.size === 0 ? project(blocks, { ...versions, anchors: [] }, known) : null;
}

const eventsOf = (blocks: readonly MarketBlock[]): MarketBlock["events"] => blocks.flatMap(({ events }) => events);

/** @param known is told of the versions made; it must `forget` them if they are not written. */
function project(blocks: readonly MarketBlock[], loaded: LoadedVersions, known: KnownVersions): Projected {
  const projection = new Projection(loaded);
  for (const { events } of blocks) for (const event of events) projection.apply(event);
  projection.forEachChanged((table, key, version, continued) => known.set(table, key, version, continued));
  return { blocks: blocks.filter(({ events }) => events.length > 0), rows: projection.rows };
}

/** @param told - the feed's rows, to be written with the others. */
export async function writeProjected(sql: Sql, schema: string, { blocks, rows: { versions, continued, ended, added } }: Projected, told: readonly Insert[] = []): Promise<void> {
  for (const table of tableNames) await continueVersions(sql, schema, table, ended[table], continued[table]);
  await insertRows(sql, [
    ...tableNames.map((table) => insertOf<Version>(`${schema}.${table}`, versionCells[table], versions[table])),
    ...addedNames.map((table) => insertOf<Added>(`${schema}.${table}`, addedCells[table], added[table])),
    insertOf(`${schema}.block`, blockCells, blocks.map(({ header: { height, hash, time, signer } }) => ({ number: height, hash, time, signer }))),
    insertOf(`${schema}.chain_transaction`, transactionCells, blocks.flatMap(({ transactions }) => transactions)),
    ...told,
  ]);
}
