import type { MarketBlock } from "./market-block.js";
import { copyRows, type Sql } from "./copy-rows.js";
import { loadVersions } from "./load-versions.js";
import { addedNames, Projection, readsOf, tableNames, type FeedEntry } from "./projection.js";
import { addedTables, chainTables, columnName, keyOf, versionedTables } from "./tables.js";

/**
 * Projects blocks into the tables of `schema`, in the caller's transaction.
 * @returns what the feed is to tell, in order.
 */
export async function writeRows(sql: Sql, schema: string, blocks: readonly MarketBlock[]): Promise<readonly FeedEntry[]> {
  const telling = blocks.filter(({ events }) => events.length > 0);
  if (telling.length === 0) return [];
  const events = telling.flatMap((block) => block.events);
  const projection = new Projection(await loadVersions(sql, schema, events.map(readsOf)));
  for (const event of events) projection.apply(event);
  const { versions, ended, added, feed } = projection.rows;

  for (const table of tableNames) {
    // Ends first: a thing has one current version at any time.
    if (ended[table].length > 0) {
      const key = columnName(keyOf[table]);
      await sql.query(`update ${schema}.${table} t set to_block = v.to_block from unnest($1::text[], $2::integer[]) v (key, to_block) where t.${key} = v.key and t.to_block is null`, [
        ended[table].map((end) => end.key),
        ended[table].map((end) => end.toBlock),
      ]);
    }
    await copyRows(sql, `${schema}.${table}`, versionedTables[table], versions[table]);
  }
  for (const table of addedNames) await copyRows(sql, `${schema}.${table}`, addedTables[table], added[table]);
  await copyRows(sql, `${schema}.block`, chainTables.block, telling.map(({ header: { height, hash, time, signer } }) => ({ number: height, hash, time, signer })));
  await copyRows(sql, `${schema}.chain_transaction`, chainTables.chain_transaction, telling.flatMap(({ transactions }) => transactions));
  return feed;
}
