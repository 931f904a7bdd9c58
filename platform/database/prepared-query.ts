import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import type { DataSource } from "typeorm";
import { scopeOf } from "./scoped-database.js";
import type { CancellableClient } from "./statement-scope.js";

/** Most texts that are kept prepared in each connection; what comes later is planned each time. */
const maxPrepared = 500;
/** A text is prepared when it comes this often: many come once. */
const prepareAfter = 3;
/** Most texts whose uses are counted. */
const maxCounted = 5_000;

const names = new Map<string, string>();
const uses = new Map<string, number>();

/** @returns the name that a text is prepared under in every connection; undefined for one that is seldom used. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= maxPrepared) return known;
  const count = (uses.get(text) ?? 0) + 1;
  if (count < prepareAfter) {
    if (uses.size >= maxCounted) uses.clear();
    uses.set(text, count);
    return undefined;
  }
  uses.delete(text);
  const name = createHash("sha256").update(text).digest("base64url").slice(0, 32);
  names.set(text, name);
  return name;
}

/**
 * One statement, straight to the pool, which Postgres parses and plans once a connection if it comes often.
 * @param text - with $1, $2…: made by our code from a bounded number of shapes, never holding a caller's values.
 */
export async function preparedQuery<Row extends object>(database: DataSource, text: string, values: readonly unknown[]): Promise<Row[]> {
  const pool = (database.driver as unknown as { master: Pool }).master;
  const name = nameOf(text);
  const client = (await pool.connect()) as PoolClient & CancellableClient;
  client.scope = scopeOf(database);
  try {
    const { rows } = await client.query<Row>(name === undefined ? { text, values: [...values] } : { name, text, values: [...values] });
    return rows;
  } finally {
    client.release();
  }
}
