import type { DataSource, ObjectLiteral } from "typeorm";
import { preparedQuery } from "../../platform/database/prepared-query.js";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import { compileRow } from "./compile-row.js";
import type { Selection } from "./selection.js";
import type { Reader, Table } from "./table.js";

export interface RowsQuery<Row extends ObjectLiteral> {
  readonly table: Table<Row>;
  readonly reader: Reader;
  /** Which rows, over the alias `t`. */
  readonly where: SqlPart;
  readonly selection: Selection;
  /** Text of what follows, over the alias: ours. */
  readonly rest?: string;
}

/** Reads rows with all that is asked of them, in one statement. @throws AppError for arguments of nested fields */
export async function readRows<Row extends ObjectLiteral>(database: DataSource, { table, reader, where, selection, rest = "" }: RowsQuery<Row>): Promise<Row[]> {
  const row = compileRow(database, table, "t", reader, selection, { next: 0 });
  const { text, values } = bind(part("select"), row.json, part(`as j from ${table.name} t where`), allOf([where, table.visible("t", reader.at)]), part(rest));
  const rows = await preparedQuery<{ j: unknown }>(database, text, values);
  return rows.map(({ j }) => row.decode(j));
}
