/** A stored object's bytes, or a slice of them. */
export interface StoredBytes {
  /** Size of the whole object. */
  size: number;
  body: AsyncIterable<Uint8Array>;
}

/** Keys are `/`-separated names of [A-Za-z0-9._-]; a segment never begins with a dot. */
export interface ObjectStore {
  /** @returns how the keys of what belongs to a region (ISO 3166-1 numeric) begin: empty, or a folder of its own, which ends with `/`. */
  place(region: number): string;
  /** All that `place` may return. */
  readonly places: readonly string[];
  /** Writes the whole object or nothing; an object of that key is replaced. @returns its size in bytes. */
  put(key: string, source: AsyncIterable<Uint8Array>): Promise<number>;
  /**
   * @param range - first and last byte, both inclusive; the last may lie beyond the end.
   * @throws AppError OBJECT_NOT_FOUND; BAD_INPUT if the range begins beyond the end.
   */
  get(key: string, range?: { first: number; last?: number }): Promise<StoredBytes>;
  /**
   * An address at which anybody may read the object (GET, also with Range) for a time, from the store itself.
   * @returns null if the store has none to give: a folder.
   */
  presign(key: string, seconds: number): Promise<string | null>;
  /** @returns null if there is no such object. */
  head(key: string): Promise<{ size: number } | null>;
  /** Every object whose key begins with `prefix` (which ends with `/`), in order of the keys. */
  list(prefix: string): Promise<{ key: string; size: number }[]>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** @throws AppError OBJECT_STORE_UNAVAILABLE */
  ping(): Promise<void>;
  close(): void;
}
