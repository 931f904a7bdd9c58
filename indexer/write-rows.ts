import type { MarketBlock } from "./market-block.js";
import { continueVersions } from "./continue-versions.js";
import { copyRows, plainCells, type Cell, type Sql } from "./copy-rows.js";
import { KnownVersions } from "./known-versions.js";
import { loadVersions } from "./load-versions.js";
import { addedNames, Projection, readsOf, tableNames, type FeedEntry } from "./projection.js";
import { addedTables, chainTables, columnName, type Added, type Columns } from "./tables.js";
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


/**
 * Projects blocks into the tables of `schema`, in the caller's transaction.
 * @param known is told of the versions written; it must `forget` them if the transaction is given up.
 * @returns what the feed is to tell, in order.
 */
export async function writeRows(sql: Sql, schema: string, blocks: readonly MarketBlock[], known = new KnownVersions(false)): Promise<readonly FeedEntry[]> {
  const telling = blocks.filter(({ events }) => events.length > 0);
  if (telling.length === 0) return [];
  const events = telling.flatMap((block) => block.events);
  const projection = new Projection(await loadVersions(sql, schema, events.map(readsOf), known));
  for (const event of events) projection.apply(event);
  const { versions, continued, ended, added, feed } = projection.rows;
  projection.forEachChanged((table, key, version, continued) => known.set(table, key, version, continued));

  // All on their way at once: Postgres works through them in this order while the next rows are put into words.
  const writing: Promise<void>[] = [];
  for (const table of tableNames) {
    writing.push(continueVersions(sql, schema, table, ended[table], continued[table]), copyRows(sql, `${schema}.${table}`, versionCells[table], versions[table]));
  }
  for (const table of addedNames) writing.push(copyRows(sql, `${schema}.${table}`, addedCells[table], added[table]));
  writing.push(copyRows(sql, `${schema}.block`, blockCells, telling.map(({ header: { height, hash, time, signer } }) => ({ number: height, hash, time, signer }))));
  writing.push(copyRows(sql, `${schema}.chain_transaction`, transactionCells, telling.flatMap(({ transactions }) => transactions)));
  await Promise.all(writing);
  return feed;
}
