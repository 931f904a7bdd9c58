import type { Pool, PoolClient } from "pg";
import type { DataSource } from "typeorm";
import type { PostgresDriver } from "typeorm/driver/postgres/PostgresDriver.js";
import type { Sql } from "./copy-rows.js";

/** Runs an operator's work on a connection of its own, which is closed after it: session settings end with it. */
export async function withConnection<T>(database: DataSource, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client: PoolClient = await ((database.driver as PostgresDriver).master as Pool).connect();
  try {
    return await work(client);
  } finally {
    client.release(true);
  }
}

/** Runs `work` in one transaction. */
export async function inTransaction<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  await sql.query("begin");
  try {
    const result = await work();
    await sql.query("commit");
    return result;
  } catch (error) {
    await sql.query("rollback");
    throw error;
  }
}
