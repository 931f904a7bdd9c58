import type { MarketBlock } from "./market-block.js";
import { continueVersions } from "./continue-versions.js";
import { copyRows, type Sql } from "./copy-rows.js";
import { KnownVersions } from "./known-versions.js";
import { loadVersions } from "./load-versions.js";
import { addedNames, Projection, readsOf, tableNames, type FeedEntry } from "./projection.js";
import { addedTables, chainTables, versionedTables } from "./tables.js";

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
  for (const { table, key, row } of projection.changed()) known.set(table, key, row);

  for (const table of tableNames) {
    await continueVersions(sql, schema, table, ended[table], continued[table]);
    await copyRows(sql, `${schema}.${table}`, versionedTables[table], versions[table]);
  }
  for (const table of addedNames) await copyRows(sql, `${schema}.${table}`, addedTables[table], added[table]);
  await copyRows(sql, `${schema}.block`, chainTables.block, telling.map(({ header: { height, hash, time, signer } }) => ({ number: height, hash, time, signer })));
  await copyRows(sql, `${schema}.chain_transaction`, chainTables.chain_transaction, telling.flatMap(({ transactions }) => transactions));
  return feed;
}
