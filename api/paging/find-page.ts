import { createHash } from "node:crypto";
import type { DataSource, EntityTarget, ObjectLiteral } from "typeorm";
import { allOf, bind, part, type SqlPart } from "../filters/sql.js";
import type { CompiledOrder } from "../filters/order-keys.js";
import { hydrate } from "../loaders/hydrate.js";
import type { PageInfo } from "../types/page-info.js";
import { decodeCursor, encodeCursor } from "./cursor.js";
import { pageSize } from "./page-size.js";

/** A page whose exact count is taken when it is asked for. */
export interface Page<Row> {
  edges: { cursor: string; node: Row }[];
  pageInfo: PageInfo;
  countAll(): Promise<number>;
}

export interface PageQuery<Row extends ObjectLiteral> {
  entity: EntityTarget<Row>;
  /** Table with its alias, e.g. `listing l`: ours, never a caller's. */
  from: string;
  alias: string;
  /** Which rows, over that alias. */
  chosen: SqlPart;
  order: CompiledOrder<Row>;
  first?: number | null | undefined;
  after?: string | null | undefined;
}

/**
 * One page by keyset: one statement, however deep.
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED, CURSOR_INVALID (also for a cursor of another filter or order)
 */
export async function findPage<Row extends ObjectLiteral>({ database, cursorKey }: { database: DataSource; cursorKey: Uint8Array }, query: PageQuery<Row>): Promise<Page<Row>> {
  const { entity, from, alias, chosen, order } = query;
  const size = pageSize(query.first);
  // The compiled text and its values name the filter.
  const scope = `${from}|${order.name}|${createHash("sha256").update(JSON.stringify([chosen.text, chosen.values])).digest("base64url")}`;
  const { after } = query;
  const conditions = after === undefined || after === null ? chosen : allOf([chosen, order.after(decodeCursor(cursorKey, scope, after))]);
  const { text, values } = bind(part(`select ${alias}.* from ${from} where`), conditions, part(`order by ${order.orderBy} limit ?`, size + 1));
  const rows = hydrate(database, entity, (await database.query(text, values)) as Record<string, unknown>[]);
  const edges = rows.slice(0, size).map((node) => ({ node, cursor: encodeCursor(cursorKey, scope, order.cursorOf(node)) }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null },
    async countAll() {
      const count = bind(part(`select count(*)::int as count from ${from} where`), chosen);
      const [row] = (await database.query(count.text, count.values)) as { count: number }[];
      return row?.count ?? 0;
    },
  };
}
