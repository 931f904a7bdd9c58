import type { GraphQLResolveInfo } from "graphql";
import type { ObjectLiteral } from "typeorm";
import type { ApiContext } from "../context.js";
import { part } from "../filters/sql.js";
import type { ChainArgs } from "../types/page-args.js";
import { readRows } from "./read-rows.js";
import { readerAt } from "./reader-at.js";
import { selectionOf } from "./selection.js";
import type { Table } from "./table.js";

/** The row with this value in a column of ours, with all that the operation asks of it; null if there is none. @throws AppError NOT_READY, BAD_INPUT, CHAIN_UNAVAILABLE */
export async function readOne<Row extends ObjectLiteral>(context: ApiContext, table: Table<Row>, column: string, value: unknown, chain: ChainArgs, info: GraphQLResolveInfo): Promise<Row | null> {
  const reader = await readerAt(context, chain);
  const [row] = await readRows(context.deps.database, { table, reader, where: part(`t.${column} = ?`, value), selection: selectionOf(info), rest: "limit 1" });
  return row ?? null;
}
