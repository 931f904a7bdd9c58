import { arrayLiteral } from "./array-literal.js";
import { copyRows, type Cell, type Sql } from "./copy-rows.js";

/** Rows of one table. */
export interface Insert {
  /** May be qualified and is never user input. */
  readonly table: string;
  readonly cells: readonly Cell<never>[];
  readonly rows: readonly object[];
}

/** Up to so many rows go in one statement. */
const fewRows = 100;

/** Ties rows to the cells that read them. */
export const insertOf = <Row extends object>(table: string, cells: readonly Cell<Row>[], rows: readonly Row[]): Insert => ({ table, cells, rows });

/** Writes rows of several tables: the few of a block that was just mined in one statement, as each statement is a round trip; many by COPY. */
export async function insertRows(sql: Sql, inserts: readonly Insert[]): Promise<void> {
  const wanted = inserts.filter(({ rows }) => rows.length > 0);
  if (wanted.length === 0) return;
  if (wanted.reduce((sum, { rows }) => sum + rows.length, 0) > fewRows) {
    for (const { table, cells, rows } of wanted) await copyRows(sql, table, cells as readonly Cell<object>[], rows);
    return;
  }
  const values: string[] = [];
  const parts = wanted.map(({ table, cells, rows }, index) => {
    const columns = (cells as readonly Cell<object>[]).map(({ type, read }) => `$${values.push(arrayLiteral(rows.map(read)))}::${type}[]`);
    return `t${index} as (insert into ${table} (${cells.map(({ column }) => column).join(", ")}) select * from unnest(${columns.join(", ")}))`;
  });
  await sql.query(`with ${parts.join(", ")} select`, values);
}
