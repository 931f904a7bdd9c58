import type { Sql } from "./copy-rows.js";
import { appendReverted } from "./feed.js";
import { addedNames, tableNames } from "./projection.js";

/**
 * Takes the tables back to the end of `block`, in the caller's transaction: what began after it goes, what ended after it
 * stands again, and the feed tells what was taken back.
 * @returns how many events were taken back in the feed.
 */
export async function rollBack(sql: Sql, block: number): Promise<number> {
  const reverted = await appendReverted(sql, block);
  await rollBackTables(sql, "public", block);
  await sql.query("delete from public.hot_block where height > $1", [block]);
  return reverted;
}

/** The range statements alone, for the tables of `schema`. */
export async function rollBackTables(sql: Sql, schema: string, block: number): Promise<void> {
  for (const table of tableNames) {
    await sql.query(`delete from ${schema}.${table} where from_block > $1`, [block]);
    await sql.query(`update ${schema}.${table} set to_block = null where to_block > $1`, [block]);
  }
  for (const table of [...addedNames, "chain_transaction"]) await sql.query(`delete from ${schema}.${table} where block_number > $1`, [block]);
  await sql.query(`delete from ${schema}.block where number > $1`, [block]);
}
