import type { GraphQLResolveInfo } from "graphql";
import type { ObjectLiteral } from "typeorm";
import type { ApiContext } from "../context.js";
import type { CompiledOrder } from "../filters/order-keys.js";
import { filterScope, type FilterScope } from "../filters/scope.js";
import type { SqlPart } from "../filters/sql.js";
import { readerAt } from "../reading/reader-at.js";
import { selectionOf } from "../reading/selection.js";
import type { Table } from "../reading/table.js";
import type { ChainPageArgs } from "../types/page-args.js";
import { findPage, type Page } from "./find-page.js";

/**
 * A page of a list of the chain, as the operation asks for it.
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID, NOT_READY, CHAIN_UNAVAILABLE
 */
export async function pageOf<Row extends ObjectLiteral>(
  context: ApiContext,
  page: ChainPageArgs,
  info: GraphQLResolveInfo,
  { table, alias, where, order }: { table: Table<Row>; alias: string; where: (scope: FilterScope) => SqlPart; order: CompiledOrder },
): Promise<Page<Row>> {
  const { database, keys } = context.deps;
  const reader = await readerAt(context, page);
  return findPage({ database, cursorKey: keys.cursor }, { table, alias, where: where(filterScope(alias, reader.at)), order, paging: page, reader, selection: selectionOf(info) });
}
