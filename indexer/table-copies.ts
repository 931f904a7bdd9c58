import type { Sql } from "./copy-rows.js";
import { rebuildable } from "./tables.js";

/** Makes empty copies of the tables that are made from the chain, indexes included, in a schema of their own. Drops what was there. */
export async function createTableCopies(sql: Sql, schema: string): Promise<void> {
  await sql.query(`drop schema if exists ${schema} cascade`);
  await sql.query(`create schema ${schema}`);
  for (const table of Object.keys(rebuildable)) await sql.query(`create table ${schema}.${table} (like public.${table} including all)`);
}
