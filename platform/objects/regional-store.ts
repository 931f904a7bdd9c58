import { AppError } from "../../schema/errors.js";
import type { ObjectStore } from "./object-store.js";

const named = /^region\/(\d{1,3})\//;

/**
 * One store made of several: what is kept under `place(region)` of a region with a store of its own lies there and nowhere else, all other
 * objects in the main one. A region's objects have its number in their key, so that they are found by the key alone.
 */
export function regionalStore(main: ObjectStore, regions: ReadonlyMap<number, ObjectStore>): ObjectStore {
  if (regions.size === 0) return main;
  const all = [main, ...regions.values()];
  const of = (key: string): ObjectStore => {
    const region = named.exec(key)?.[1];
    if (region === undefined) return main;
    const store = regions.get(Number(region));
    if (!store) throw new AppError("OBJECT_STORE_UNAVAILABLE", `REGION_STORES names no store for region ${region}, which holds this object.`);
    return store;
  };
  return {
    place: (region) => (regions.has(region) ? `region/${region}/` : ""),
    places: ["", ...[...regions.keys()].map((region) => `region/${region}/`)],
    put: async (key, source) => of(key).put(key, source),
    get: async (key, range) => of(key).get(key, range),
    presign: async (key, seconds) => of(key).presign(key, seconds),
    head: async (key) => of(key).head(key),
    list: async (prefix) => of(prefix).list(prefix),
    delete: async (key) => of(key).delete(key),
    async ping() {
      await Promise.all(all.map((store) => store.ping()));
    },
    close() {
      for (const store of all) store.close();
    },
  };
}
