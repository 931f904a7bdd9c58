import { once } from "node:events";
import type { ClientBase } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { columnName, type Columns } from "./tables.js";

/** The part of a Postgres connection that reading and writing need. */
export type Sql = Pick<ClientBase, "query">;

/** Characters of one message of a COPY. */
const messageCharacters = 1 << 16;

/**
 * Writes rows with COPY, the quickest way into Postgres: one statement, one round trip, rows inserted many at a time.
 * Values of `jsonb` columns are JSON texts already.
 * @param table may be qualified and is never user input.
 */
export async function copyRows(sql: Sql, table: string, columns: Columns, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(columns);
  const stream = sql.query(copyFrom(`copy ${table} (${names.map(columnName).join(", ")}) from stdin`));
  const done = once(stream, "finish");
  // A failure rejects `done`; a write that waits for room must not wait for ever then.
  done.catch(() => undefined);
  let message = "";
  for (const row of rows as readonly Record<string, unknown>[]) {
    for (let index = 0; index < names.length; index++) {
      if (index > 0) message += "\t";
      message += cell(row[names[index]!]);
    }
    message += "\n";
    if (message.length >= messageCharacters) {
      if (!stream.write(message)) await Promise.race([once(stream, "drain"), done]);
      message = "";
    }
  }
  stream.end(message);
  await done;
}

let lastTime: Date | null = null;
let lastTimeText = "";

function cell(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.includes("\\") || /[\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, escape) : value;
    case "number":
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "t" : "f";
    default:
      if (value === null) return "\\N";
      if (value instanceof Date) {
        // Events of one block share one Date.
        if (value !== lastTime) [lastTime, lastTimeText] = [value, value.toISOString()];
        return lastTimeText;
      }
      throw new TypeError(`A row has a value that no column holds (${typeof value}).`);
  }
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const escape = (character: string): string => escapes[character]!;
