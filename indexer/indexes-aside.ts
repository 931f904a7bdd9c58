import type { Sql } from "./copy-rows.js";
import { rebuildable } from "./tables.js";

/**
 * Drops the indexes of the chain's tables and notes how they are made, in the caller's transaction. Rows that come in the order of the chain find their places
 * in a dozen indexes one by one; made at the end, an index is sorted once. What is found by while writing stays: primary keys, and the
 * BRIN indexes, which cost next to nothing. The narrow table of searches is put aside with them: its triggers stand still, and searches, which see it in
 * `index_aside`, go to the listings themselves.
 */
export async function putIndexesAside(sql: Sql): Promise<void> {
  const { rows } = await sql.query<{ name: string }>(
    `insert into public.index_aside (name, definition)
     select c.relname, pg_get_indexdef(i.indexrelid)
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid join pg_am a on a.oid = c.relam
     where t.relnamespace = 'public'::regnamespace and t.relname = any($1) and a.amname <> 'brin' and not exists (select from pg_constraint k where k.conindid = c.oid)
     returning name`,
    [[...Object.keys(rebuildable), "market_event"]],
  );
  if (rows.length > 0) await sql.query(`drop index ${rows.map(({ name }) => `public."${name}"`).join(", ")}; alter table public.listing disable trigger user`);
}

/** Makes the indexes that were put aside, and the narrow table of searches, in the caller's transaction; readers go on reading. */
export async function restoreIndexes(sql: Sql): Promise<void> {
  const { rows } = await sql.query<{ definition: string }>("delete from public.index_aside returning definition");
  if (rows.length === 0) return;
  await sql.query("set local statement_timeout = 0");
  for (const { definition } of rows) await sql.query(definition);
  await sql.query("alter table public.listing enable trigger user; select app.fill_listing_search()");
}

export async function areIndexesAside(sql: Sql): Promise<boolean> {
  return (await sql.query("select from public.index_aside limit 1")).rows.length > 0;
}
