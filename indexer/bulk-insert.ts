import type { ClientBase } from "pg";
import { columnName, type Columns } from "./tables.js";

/** The part of a Postgres connection that writing needs. */
export type Sql = Pick<ClientBase, "query">;

/** Rows a statement: bounds the size of one message. */
const chunk = 10_000;

/** Inserts rows with one statement per 10,000: an array a column, unnested. `table` may be qualified and is never user input. */
export async function bulkInsert(sql: Sql, table: string, columns: Columns, rows: readonly object[]): Promise<void> {
  const names = Object.keys(columns);
  const casts = names.map((name, index) => `$${index + 1}::${columns[name]}[]`).join(", ");
  const text = `insert into ${table} (${names.map(columnName).join(", ")}) select * from unnest(${casts})`;
  for (let from = 0; from < rows.length; from += chunk) {
    const part = rows.slice(from, from + chunk) as readonly Record<string, unknown>[];
    const values = names.map((name) => arrayLiteral(part, name, columns[name] === "jsonb"));
    await sql.query(text, values);
  }
}

/** @returns the column as a Postgres array literal: quicker than the driver's own, which looks at each value's type many times. */
function arrayLiteral(rows: readonly Record<string, unknown>[], name: string, json: boolean): string {
  let text = "{";
  for (let index = 0; index < rows.length; index++) {
    if (index > 0) text += ",";
    const value = rows[index]![name];
    text += json ? quote(JSON.stringify(value)) : element(value);
  }
  return `${text}}`;
}

function element(value: unknown): string {
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      return quote(value);
    default:
      if (value === null) return "NULL";
      if (value instanceof Date) return quote(value.toISOString());
      throw new TypeError(`A row has a value that no column holds (${typeof value}).`);
  }
}

/** Most values are hex digits, which need no quotes. */
const quote = (value: string): string => (/^\w+$/.test(value) && value !== "NULL" && value !== "null" ? value : `"${value.replace(/["\\]/g, "\\$&")}"`);
