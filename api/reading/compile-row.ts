import type { DataSource, ObjectLiteral } from "typeorm";
import type { ColumnMetadata } from "typeorm/metadata/ColumnMetadata.js";
import { allOf, part, type SqlPart } from "../filters/sql.js";
import { setBlock, setRelated } from "./related.js";
import type { Selection } from "./selection.js";
import type { AnyTable, Arguments, Reader, Relation, Table } from "./table.js";

/** A row with all that hangs on it, as one JSON value that Postgres makes. */
export interface CompiledRow<Row> {
  /** An expression over the table's alias: a JSON array, position by position. */
  readonly json: SqlPart;
  decode(json: unknown): Row;
}

/** Hands out names of tables in one statement. */
export interface Aliases {
  next: number;
}

type Decode = (json: unknown) => unknown;
const asIs: Decode = (json) => json;
const toBigInt: Decode = (json) => (json === null ? null : BigInt(json as string));
/** Bytes come as \\x and hexadecimal digits. */
const toBuffer: Decode = (json) => (json === null ? null : Buffer.from((json as string).slice(2), "hex"));
const toDate: Decode = (json) => (json === null ? null : new Date(json as string));

/**
 * Compiles what is asked of a table's rows into one expression, relations of any depth among it.
 * @throws AppError BAD_INPUT, LIMIT_EXCEEDED for arguments of nested fields
 */
export function compileRow<Row extends ObjectLiteral>(database: DataSource, table: Table<Row>, alias: string, reader: Reader, selection: Selection, aliases: Aliases): CompiledRow<Row> {
  // Of the past the text is another for each block, and of what is the viewer's own for each viewer.
  if (reader.at !== null) return compile(database, table, alias, reader, selection, aliases);
  let known = compiled.get(selection);
  if (!known) compiled.set(selection, (known = []));
  const from = aliases.next;
  const found = known.find((each) => each.driver === database.driver && each.table === (table as AnyTable) && each.alias === alias && each.from === from);
  if (found) {
    aliases.next = found.to;
    return found.row as CompiledRow<Row>;
  }
  let isOwn = false;
  const watched: Reader = {
    at: null,
    get viewer() {
      isOwn = true;
      return reader.viewer;
    },
  };
  const row = compile(database, table, alias, watched, selection, aliases);
  if (!isOwn) known.push({ driver: database.driver, table: table as AnyTable, alias, from, to: aliases.next, row });
  return row;
}

/** What was compiled of a selection for anybody and of now. Selections that follow from variables are never seen again, and go. */
const compiled = new WeakMap<Selection, { driver: DataSource["driver"]; table: AnyTable; alias: string; from: number; to: number; row: CompiledRow<never> | CompiledRow<ObjectLiteral> }[]>();

function compile<Row extends ObjectLiteral>(database: DataSource, table: Table<Row>, alias: string, reader: Reader, selection: Selection, aliases: Aliases): CompiledRow<Row> {
  const metadata = database.getMetadata(table.entity);
  const columns = columnsFor(metadata.columns, table, selection);
  const names = columns.map(({ propertyName }) => propertyName);
  const decoders = columns.map(decoderOf);
  const parts: SqlPart[] = columns.map((column) => part(expressionOf(column, alias)));
  const related: { key: string; decode: Decode }[] = [];
  const relate = (key: string, name: string, args: Arguments, nested: Selection): void => {
    const compiled = compileRelation(database, table.relations[name]!, alias, reader, args, nested, aliases);
    parts.push(compiled.json);
    related.push({ key, decode: compiled.decode });
  };
  const through = new Set<string>();
  for (const [key, { name, args, selection: nested }] of selection) {
    if (table.through[name] !== undefined) through.add(table.through[name]);
    else if (table.relations[name]) relate(key, name, args, nested);
  }
  for (const name of through) relate(name, name, {}, new Map());
  const make = metadata.target as new () => Record<string, unknown>;
  return {
    json: part(`json_build_array(${parts.map(({ text }) => text).join(", ")})`, ...parts.flatMap(({ values }) => values)),
    decode(json) {
      const values = json as unknown[];
      const row = new make();
      for (let index = 0; index < names.length; index++) row[names[index]!] = decoders[index]!(values[index]);
      for (let index = 0; index < related.length; index++) setRelated(row, related[index]!.key, related[index]!.decode(values[names.length + index]));
      if (reader.at !== null) setBlock(row, reader.at);
      return row as unknown as Row;
    },
  };
}

function compileRelation(database: DataSource, relation: Relation, outer: string, reader: Reader, args: Arguments, selection: Selection, aliases: Aliases): { json: SqlPart; decode: Decode } {
  const table = relation.table();
  const inner = `t${++aliases.next}`;
  const on = relation.on(outer, inner, reader, args);
  const row = compileRow(database, table, inner, reader, selection, aliases);
  const none = relation.many ? part("'[]'::json") : part("null::json");
  if (on === null) return { json: none, decode: relation.many ? () => [] : () => null };
  const where = allOf([on, table.visible(inner, reader.at)]);
  const from = `from ${table.name} ${inner} where ${where.text}`;
  if (!relation.many) {
    return { json: part(`(select ${row.json.text} ${from} limit 1)`, ...row.json.values, ...where.values), decode: (json) => (json === null ? null : (row.decode(json) as unknown)) };
  }
  const limit = relation.limit?.(args);
  const rows = `select ${row.json.text} as j ${from} order by ${relation.orderBy?.(inner) ?? "1"}${limit === undefined ? "" : ` limit ${limit}`}`;
  return {
    json: part(`(select coalesce(json_agg(x.j), '[]') from (${rows}) x)`, ...row.json.values, ...where.values),
    decode: (json) => (json as unknown[]).map((each): unknown => row.decode(each)),
  };
}

/** Columns that the fields are made of; all of them if one field is not known. */
function columnsFor(all: readonly ColumnMetadata[], table: AnyTable, selection: Selection): ColumnMetadata[] {
  const byName = new Map(all.map((column) => [column.propertyName, column]));
  const names = new Set<string>(table.always);
  for (const { name } of selection.values()) {
    if (name === "__typename" || (name in table.relations && !(name in table.needs))) continue;
    const needed = table.needs[name] ?? (name in table.through ? [] : byName.has(name) ? [name] : null);
    if (needed === null) return [...all];
    for (const each of needed) names.add(each);
  }
  return [...names].map((name) => byName.get(name)!);
}

const type = (column: ColumnMetadata): string => (typeof column.type === "string" ? column.type : "");

/** JSON has no whole numbers beyond 2^53: they travel as texts. */
const expressionOf = (column: ColumnMetadata, alias: string): string => `${alias}.${column.databaseName}${column.transformer ? "::text" : ""}`;

function decoderOf(column: ColumnMetadata): Decode {
  if (column.transformer) return toBigInt;
  return type(column) === "timestamptz" ? toDate : type(column) === "bytea" ? toBuffer : asIs;
}
