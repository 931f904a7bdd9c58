import { once } from "node:events";
import type { ClientBase } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { BinaryRows } from "./copy-binary.js";
import { columnName, type ColumnType, type Columns } from "./tables.js";

/** The part of a Postgres connection that reading and writing need. */
export type Sql = Pick<ClientBase, "query">;

/** A column to be written, and where its value is found. */
export interface Cell<Row> {
  readonly column: string;
  readonly type: ColumnType;
  readonly read: (row: Row) => unknown;
}

/** @returns the cells of rows whose properties are named as the columns. */
export function plainCells<Row extends object>(columns: Columns): Cell<Row>[] {
  return Object.entries(columns).map(([name, type]) => ({ column: columnName(name), type, read: (row) => (row as Record<string, unknown>)[name] }));
}

/**
 * Writes rows with COPY, the quickest way into Postgres: one statement, one round trip, rows inserted many at a time.
 * Values of `jsonb` columns are JSON texts already.
 * @param table may be qualified and is never user input.
 */
export async function copyRows<Row>(sql: Sql, table: string, cells: readonly Cell<Row>[], rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const stream = sql.query(copyFrom(`copy ${table} (${cells.map(({ column }) => column).join(", ")}) from stdin with (format binary)`));
  const done = once(stream, "finish");
  // A failure rejects `done`; a write that waits for room must not wait for ever then.
  done.catch(() => undefined);
  const binary = new BinaryRows();
  try {
    for (const row of rows) {
      binary.startRow(cells.length);
      for (const { type, read } of cells) binary.cell(type, read(row));
      if (binary.full && !stream.write(binary.take())) await Promise.race([once(stream, "drain"), done]);
    }
  } catch (error) {
    // Ends the statement, so that the connection can go on.
    stream.destroy(error as Error);
    await done.catch(() => undefined);
    throw error;
  }
  stream.end(binary.end());
  await done;
}
