import type { EntityTarget, ObjectLiteral } from "typeorm";
import type { SqlPart } from "../filters/sql.js";

/** Whose answer it is, and of when. */
export interface Reader {
  /** The block that all rows are of; null for now. */
  readonly at: number | null;
  /** Who is signed in; null for nobody. */
  readonly viewer: string | null;
  /** Nothing may be estimated. */
  readonly exact?: boolean;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** How a field that holds other rows finds them. */
export interface Relation {
  /** The rows' table. A function, since tables name each other. */
  readonly table: () => AnyTable;
  readonly many: boolean;
  /**
   * Which rows belong to the outer one; that they were there at the reader's block is added.
   * @param outer, inner - what the statement calls the tables
   * @returns null where nothing can be there, whatever the tables hold.
   * @throws AppError BAD_INPUT, LIMIT_EXCEEDED for the caller's arguments
   */
  readonly on: (outer: string, inner: string, reader: Reader, args: Arguments) => SqlPart | null;
  /** For many: text of ORDER BY. */
  readonly orderBy?: (inner: string) => string;
  /** For many: most of them that are read. @throws AppError as `pageSize` */
  readonly limit?: (args: Arguments) => number;
}

/** How the rows behind a GraphQL type are read. Names are ours, never a caller's. */
export interface Table<Row extends ObjectLiteral> {
  readonly entity: EntityTarget<Row>;
  /** With its schema, as SQL names it. */
  readonly name: string;
  /** The property that tells rows of one block apart. */
  readonly key: keyof Row & string;
  /** Column that tells versions of a row apart; undefined where there are none. */
  readonly version?: string;
  /** Rows that were there at a block. */
  readonly visible: (alias: string, at: number | null) => SqlPart;
  /** Properties that are read whatever is asked for. */
  readonly always: readonly (keyof Row & string)[];
  /** Properties that a field is made of, where it is not the one of its own name. A field that is neither here nor a relation nor a property reads the whole row. */
  readonly needs: Readonly<Record<string, readonly (keyof Row & string)[]>>;
  /** Relations by the field's name; a name with # is no field's. */
  readonly relations: Readonly<Record<string, Relation>>;
  /** Fields that are made of a relation's row: the relation's name by the field's. */
  readonly through: Readonly<Record<string, string>>;
}

export type AnyTable = Table<ObjectLiteral>;
