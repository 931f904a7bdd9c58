import DataLoader from "dataloader";
import type { GraphQLResolveInfo } from "graphql";
import type { ObjectLiteral } from "typeorm";
import type { ApiContext } from "../context.js";
import { part } from "../filters/sql.js";
import { readRows } from "./read-rows.js";
import { blockOf, getRelated } from "./related.js";
import { ownSelection, type Selection } from "./selection.js";
import type { AnyTable, Table } from "./table.js";

/**
 * What a field of a row holds: read with the row where the operation's root looked ahead, as queries do. After a mutation, and in an event of a
 * subscription, it is read now, for all rows of the list at once.
 */
export function resolveRelated<Value, Row extends ObjectLiteral>(context: ApiContext, table: Table<Row>, row: Row, info: GraphQLResolveInfo): Value | Promise<Value> {
  const key = String(info.path.key);
  const known = getRelated(row, key);
  if (known !== undefined) return known as Value;
  return load(context, table, row, key, info.fieldNodes[0]!, () => ownSelection(info)) as Promise<Value>;
}

/** As resolveRelated, for a relation that is no field's of its own. @param name - begins with # */
export function resolveHidden<Value, Row extends ObjectLiteral>(context: ApiContext, table: Table<Row>, row: Row, name: string): Value | Promise<Value> {
  const known = getRelated(row, name);
  if (known !== undefined) return known as Value;
  const [field] = Object.entries(table.through).find(([, relation]) => relation === name)!;
  return load(context, table, row, name, table.relations[name]!, () => new Map([[name, { name: field, args: {}, selection: new Map() }]])) as Promise<Value>;
}

/** @param identity - what is the same for all rows that ask for the same. */
function load(context: ApiContext, table: AnyTable, row: ObjectLiteral, key: string, identity: object, selection: () => Selection): Promise<unknown> {
  const at = blockOf(row);
  let loaders = context.related.get(identity);
  if (!loaders) context.related.set(identity, (loaders = new Map<number | null, DataLoader<unknown, unknown>>()));
  let loader = loaders.get(at);
  if (!loader) {
    const asked = selection();
    const column = context.deps.database.getMetadata(table.entity).findColumnWithPropertyName(table.key)!;
    loader = new DataLoader(async (keys) => {
      const rows = await readRows(context.deps.database, {
        table,
        reader: { at, viewer: context.viewer?.account ?? null },
        where: part(`t.${column.databaseName} = any(?::${String(column.type)}[])`, keys.map((each) => String(each))),
        selection: asked,
      });
      const found = new Map(rows.map((each: ObjectLiteral) => [String(each[table.key]), getRelated(each, key)]));
      return keys.map((each) => found.get(String(each)) ?? null);
    });
    loaders.set(at, loader);
  }
  return loader.load(row[table.key]);
}
