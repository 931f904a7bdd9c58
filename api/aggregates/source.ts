import type { SqlPart } from "../filters/sql.js";
import type { MomentColumns } from "./dialect.js";

/** An expression over a source's tables, and the joins that it needs. Texts are ours, never a caller's. */
export interface Expression {
  readonly sql: string;
  readonly joins?: readonly string[];
  /** Sorted byte by byte, as both engines can. */
  readonly isText?: true;
  /** True or false; what is neither this nor a text is a whole number. */
  readonly isBoolean?: true;
  /** An amount of the payment token. */
  readonly isMoney?: true;
}

/** What can be aggregated: a table, what belongs to it, and what may be asked of it. */
export interface Source {
  /** The table and its alias. */
  readonly from: string;
  /** Rows that were there at a block; now for null. */
  readonly visible: (at: number | null) => SqlPart;
  /** The moment that time buckets are of. */
  readonly moment: MomentColumns;
  /** Other tables by name, joined where an expression needs them; in this order. */
  readonly joins: Readonly<Record<string, (at: number | null) => SqlPart>>;
  readonly dimensions: Readonly<Record<string, Expression>>;
  /** What can be counted without repetition. */
  readonly distincts: Readonly<Record<string, Expression>>;
  /** Whole numbers that there are statistics of. */
  readonly amounts: Readonly<Record<string, Expression>>;
}
