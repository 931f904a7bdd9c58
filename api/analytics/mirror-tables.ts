import type { DuckDBAppender, DuckDBTimestampTZValue } from "@duckdb/node-api";

/** A value, not null, as Postgres' driver gives it: large numbers as text. */
export type Cell = string | number | boolean;

/** A column of the mirror: how Postgres tells it, and how it is kept. */
export interface MirrorColumn {
  readonly name: string;
  /** Expression over the table, in Postgres. */
  readonly select: string;
  /** DuckDB's type. */
  readonly type: string;
  /**
   * Appends what Postgres' driver gave, never null.
   * @param momentOf - makes DuckDB's value of microseconds since 1970: who writes the mirror has the engine loaded, who asks it has not
   */
  readonly append: (appender: DuckDBAppender, value: Cell, momentOf: (micros: bigint) => DuckDBTimestampTZValue) => void;
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

const text = (name: string): MirrorColumn => ({ name, select: name, type: "VARCHAR", append: (appender, value) => appender.appendVarchar(value as string) });
const integer = (name: string, select = name): MirrorColumn => ({ name, select, type: "INTEGER", append: (appender, value) => appender.appendInteger(value as number) });
const smallint = (name: string): MirrorColumn => ({ name, select: name, type: "SMALLINT", append: (appender, value) => appender.appendSmallInt(value as number) });
const bigint = (name: string): MirrorColumn => ({ name, select: name, type: "BIGINT", append: (appender, value) => appender.appendBigInt(BigInt(value)) });
const flag = (name: string): MirrorColumn => ({ name, select: name, type: "BOOLEAN", append: (appender, value) => appender.appendBoolean(value as boolean) });
/** The contract keeps amounts in 64 bits. A larger one is refused by the appender, and the engine gives up rather than round. */
const amount = (name: string): MirrorColumn => ({ name, select: name, type: "UBIGINT", append: (appender, value) => appender.appendUBigInt(checkAmount(BigInt(value))) });
/** The first 16 bytes of a hash: enough to tell rows apart and to join, half as large. A filter by the whole id is Postgres' business, by its type. */
const id = (name: string): MirrorColumn => ({ name, select: `substr(${name}, 1, 34)`, type: "UHUGEINT", append: (appender, value) => appender.appendUHugeInt(BigInt(value)) });
/** A moment, its quarter of an hour and its month since 1970, in UTC. */
const moment = (time: string, prefix: string): MirrorColumn[] => [
  { name: time, select: `(extract(epoch from ${time}) * 1000000)::bigint`, type: "TIMESTAMPTZ", append: (appender, value, momentOf) => appender.appendTimestampTZ(momentOf(BigInt(value))) },
  integer(`${prefix}_quarter`, `floor(extract(epoch from ${time}) / 900)::integer`),
  { ...smallint(`${prefix}_month`), select: `(extract(year from ${time} at time zone 'UTC') * 12 + extract(month from ${time} at time zone 'UTC') - 23641)::smallint` },
];

function checkAmount(value: bigint): bigint {
  if (value < 0n || value >= 2n ** 64n) throw new RangeError(`${value} is no amount of 64 bits.`);
  return value;
}

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
