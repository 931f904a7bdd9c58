import { nodeBackend } from "../crypto/backend/node.js";
import { stagingCipher, type StagingKey } from "../crypto/sealed-staging.js";
import { deriveStagingKey, unwrapStagingKey } from "../crypto/staging-key.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import { stagingFolder } from "../platform/objects/staging-folder.js";
import { stagedFile } from "../platform/objects/staged-parts.js";
import type { Upload } from "../schema/entities/upload.js";
import { AppError } from "../schema/errors.js";

type StagedUpload = Pick<Upload, "id" | "region" | "size" | "stagingKey">;

/**
 * @returns what opens the uploaded file from its start, as often as wanted.
 * @throws AppError OBJECT_NOT_FOUND if not all of it is there; KEY_UNAVAILABLE
 */
export async function openSource(objects: ObjectStore, platformKey: Uint8Array, upload: StagedUpload): Promise<() => AsyncIterable<Uint8Array>> {
  const key = unwrapStagingKey(nodeBackend, platformKey, upload.id, upload.stagingKey);
  const file = stagedFile(objects, `${stagingFolder(objects, upload)}/source`);
  if (BigInt(await file.size()) !== upload.size) throw new AppError("OBJECT_NOT_FOUND", "Part of the uploaded file is missing in the store.");
  return () => crypt(key, file.read());
}

/** An object that one attempt of one job writes for an upload: an attempt that was overtaken spoils nobody else's. */
export interface StagedObject {
  /** Its key in the store. */
  readonly key: string;
  readonly encrypt: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}

/** @param name - e.g. `deidentified-<random>`: never used twice, for the cipher's key stream comes from it. */
export function stagedObject(objects: ObjectStore, platformKey: Uint8Array, upload: Omit<StagedUpload, "size">, name: string): StagedObject {
  const key = deriveStagingKey(nodeBackend, unwrapStagingKey(nodeBackend, platformKey, upload.id, upload.stagingKey), name);
  return { key: `${stagingFolder(objects, upload)}/${name}`, encrypt: (source) => crypt(key, source) };
}

/** @returns the bytes that `stagedObject` encrypted. @throws AppError OBJECT_NOT_FOUND, KEY_UNAVAILABLE */
export async function openStagedObject(objects: ObjectStore, platformKey: Uint8Array, upload: Omit<StagedUpload, "size">, objectKey: string): Promise<AsyncIterable<Uint8Array>> {
  const { encrypt } = stagedObject(objects, platformKey, upload, objectKey.slice(stagingFolder(objects, upload).length + 1));
  return encrypt((await objects.get(objectKey)).body); // the key stream is its own inverse
}

/** Deletes everything that is staged for an upload. May run twice. */
export async function deleteStaging(objects: ObjectStore, upload: Pick<Upload, "id" | "region">): Promise<void> {
  for (const { key } of await objects.list(`${stagingFolder(objects, upload)}/`)) await objects.delete(key);
}

async function* crypt(key: StagingKey, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const cipher = stagingCipher(nodeBackend, key, 0);
  for await (const bytes of source) yield cipher.update(bytes);
}
