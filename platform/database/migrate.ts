import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { AppError } from "../../schema/errors.js";
import { advisoryLocks } from "./advisory-locks.js";
import { packageRoot } from "../package-root.js";

export interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** @returns the migrations of `schema/migrations`, in order. */
export function readMigrations(folder = join(packageRoot(), "schema", "migrations")): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/**
 * Applies what is missing, each migration in a transaction of its own, forward only. Two runners at once: one waits.
 * @returns the names applied now.
 * @throws AppError MIGRATION_MISMATCH if an applied one was changed, or is not known here (the database is newer).
 */
export async function migrate(database: DataSource, migrations = readMigrations()): Promise<string[]> {
  const runner = database.createQueryRunner();
  await runner.connect();
  try {
    await runner.query("select pg_advisory_lock($1)", [advisoryLocks.migrations]);
    await runner.query("create table if not exists public.schema_migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())");
    const applied = (await runner.query("select name, checksum from public.schema_migration order by name")) as { name: string; checksum: string }[];
    for (const row of applied) {
      const known = migrations.find(({ name }) => name === row.name);
      if (!known) throw new AppError("MIGRATION_MISMATCH", `The database has the migration ${row.name}, which this version does not know.`);
      if (known.checksum !== row.checksum) throw new AppError("MIGRATION_MISMATCH", `The migration ${row.name} was changed after it was applied.`);
    }
    const missing = migrations.filter(({ name }) => !applied.some((row) => row.name === name));
    for (const migration of missing) {
      await runner.startTransaction();
      try {
        await runner.query(migration.sql);
        await runner.query("insert into public.schema_migration (name, checksum) values ($1, $2)", [migration.name, migration.checksum]);
        await runner.commitTransaction();
      } catch (error) {
        await runner.rollbackTransaction();
        throw error;
      }
    }
    return missing.map(({ name }) => name);
  } finally {
    await runner.query("select pg_advisory_unlock($1)", [advisoryLocks.migrations]).catch(() => undefined);
    await runner.release();
  }
}
