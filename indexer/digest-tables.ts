import { createHash } from "node:crypto";
import type { Sql } from "./copy-rows.js";
import { rebuildable } from "./tables.js";

/** @returns a SHA-256 of all rows and columns of each table that is made from the chain, in hex: equal tables have equal digests. */
export async function digestTables(sql: Sql, schema = "public"): Promise<Record<keyof typeof rebuildable, string>> {
  const digests: [string, string][] = [];
  for (const [table, order] of Object.entries(rebuildable)) {
    const hash = createHash("sha256");
    // Pages, so that a large table needs little memory.
    for (let offset = 0; ; offset += pageRows) {
      const { rows } = await sql.query<{ row: string }>(`select t::text as row from ${schema}.${table} t order by ${order} limit ${pageRows} offset ${offset}`);
      for (const { row } of rows) hash.update(row).update("\n");
      if (rows.length < pageRows) break;
    }
    digests.push([table, hash.digest("hex")]);
  }
  return Object.fromEntries(digests) as Record<keyof typeof rebuildable, string>;
}

const pageRows = 20_000;
