import type { ObjectStore } from "../../platform/objects/object-store.js";

/** @throws AppError OBJECT_NOT_FOUND, OBJECT_STORE_UNAVAILABLE */
export async function readJsonObject(objects: ObjectStore, key: string): Promise<unknown> {
  const parts: Uint8Array[] = [];
  for await (const part of (await objects.get(key)).body) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString("utf8")) as unknown;
}
