const relatedKey = Symbol("related");
const blockKey = Symbol("block");

interface ReadRow {
  /** What hangs on the row and was read with it, by the name that the answer gives it. */
  [relatedKey]?: Record<string, unknown>;
  /** The block that the row is of. */
  [blockKey]?: number;
}

/** Keeps what was read with a row, for the resolver of that field. */
export function setRelated(row: object, key: string, value: unknown): void {
  ((row as ReadRow)[relatedKey] ??= {})[key] = value;
}

/** @returns what was read with the row under that name; undefined if nothing was. */
export const getRelated = (row: object, key: string): unknown => (row as ReadRow)[relatedKey]?.[key];

/** Marks a row as that of a block: what hangs on it is shown of the same block. */
export function setBlock(row: object, block: number): void {
  (row as ReadRow)[blockKey] = block;
}

/** @returns the block that the row is of; null for now. */
export const blockOf = (row: object): number | null => (row as ReadRow)[blockKey] ?? null;
