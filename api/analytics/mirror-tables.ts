/** A column of the mirror, and how it comes from Postgres: as a field of a CSV file that DuckDB reads itself. */
export interface MirrorColumn {
  readonly name: string;
  /** DuckDB's type. */
  readonly type: string;
  /** The file's field: its expression over Postgres' table, and what DuckDB reads it as. Null for what follows from another column's field. */
  readonly field: { readonly select: string; readonly type: string } | null;
  /** DuckDB's expression over the file's fields, each of which has its column's name. */
  readonly value: string;
}

export interface MirrorTable {
  /** The same in both databases. */
  readonly name: string;
  readonly columns: readonly MirrorColumn[];
  /** Columns that tell rows apart, with `from_block`. */
  readonly key: string;
  /** Postgres' columns for the blocks between which a row is true. */
  readonly from: string;
  readonly to: string;
}

const plain =
  (type: string, select = (name: string): string => name) =>
  (name: string): MirrorColumn => ({ name, type, field: { select: select(name), type }, value: name });
const text = plain("VARCHAR");
const integer = plain("INTEGER");
const smallint = plain("SMALLINT");
const bigint = plain("BIGINT");
const flag = plain("BOOLEAN");
/** The contract keeps amounts in 64 bits. A larger one is refused by DuckDB's reader, and the engine gives up rather than round. */
const amount = plain("UBIGINT");
/** The first 16 bytes of a hash: enough to tell rows apart and to join, half as large. A filter by the whole id is Postgres' business, by its type. DuckDB reads 32 hexadecimal digits as a UUID. */
const id = plain("UUID", (name) => `substr(${name}, 3, 32)`);
/** A moment, its quarter of an hour and its month since 1970, in UTC. The file has microseconds since 1970. */
const moment = (time: string, prefix: string): MirrorColumn[] => [
  { name: time, type: "TIMESTAMPTZ", field: { select: `(extract(epoch from ${time}) * 1000000)::bigint`, type: "BIGINT" }, value: `make_timestamptz(${time})` },
  { name: `${prefix}_quarter`, type: "INTEGER", field: null, value: `(${time} // 900000000)::integer` },
  { name: `${prefix}_month`, type: "SMALLINT", field: null, value: `(year(make_timestamp(${time})) * 12 + month(make_timestamp(${time})) - 23641)::smallint` },
];

/** All that aggregates are made of. Hashes that nothing is grouped or joined by stay in Postgres. */
export const mirrorTables: readonly MirrorTable[] = [
  {
    name: "listing",
    key: "id",
    from: "from_block",
    to: "to_block",
    columns: [
      id("id"), text("status"), text("provider"), smallint("data_kind"), integer("region"), amount("price"), bigint("purposes"), amount("p50"), smallint("approvals"), smallint("rejections"),
      integer("sales"), integer("listed_block"), ...moment("listed_time", "listed"),
    ],
  },
  {
    name: "trade_order",
    key: "id",
    from: "from_block",
    to: "to_block",
    columns: [id("id"), id("listing_id"), text("buyer"), amount("price"), bigint("purpose"), text("status"), amount("fee"), integer("purchased_block"), ...moment("purchased_time", "purchased")],
  },
  {
    name: "participant",
    key: "account",
    from: "from_block",
    to: "to_block",
    columns: [text("account"), text("institution"), integer("roles"), smallint("kind"), flag("revoked")],
  },
  {
    name: "vote",
    key: "id",
    from: "block_number",
    to: "null::integer",
    columns: [id("id"), id("listing_id"), text("auditor"), flag("approve"), integer("reason"), integer("block_number"), ...moment("block_time", "block")],
  },
];

/** Empty without quotes is null, and nothing else. A row may have 2 MB; the buffer holds several. DuckDB would take 32 MB for each. */
const reading = "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false, parallel = false, max_line_size = 2097152, buffer_size = 8388608";

/** @returns what stands after `from` in a statement of DuckDB for a file with a table's fields and the blocks between which a row is true. */
export function csvRelation({ columns }: MirrorTable, path: string): string {
  const fields = columns.flatMap(({ name, field }) => (field ? [`${name}: '${field.type}'`] : []));
  return `read_csv('${path.replaceAll("'", "''")}', columns = {${fields.join(", ")}, from_block: 'INTEGER', to_block: 'INTEGER'}, ${reading})`;
}
