import DataLoader from "dataloader";

/** Loads many by a key of theirs with one statement; a key without an entry gives null. */
export function oneByKey<Value>(load: (keys: readonly string[]) => Promise<readonly Value[]>, keyOf: (value: Value) => string): DataLoader<string, Value | null> {
  return new DataLoader(async (keys) => {
    const found = new Map((await load(keys)).map((value) => [keyOf(value), value]));
    return keys.map((key) => found.get(key) ?? null);
  });
}

/** As oneByKey, for several entries a key, in the order that `load` gives. */
export function manyByKey<Value>(load: (keys: readonly string[]) => Promise<readonly Value[]>, keyOf: (value: Value) => string): DataLoader<string, Value[]> {
  return new DataLoader(async (keys) => {
    const found = new Map<string, Value[]>(keys.map((key) => [key, []]));
    for (const value of await load(keys)) found.get(keyOf(value))?.push(value);
    return keys.map((key) => found.get(key) ?? []);
  });
}
