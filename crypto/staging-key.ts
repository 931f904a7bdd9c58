import { AppError } from "../schema/errors.js";
import type { Backend } from "./backend/backend.js";
import { concat, utf8 } from "./bytes.js";
import { decodeStagingKey, encodeStagingKey, type StagingKey } from "./sealed-staging.js";

const nonceLength = 12;
const associated = (uploadId: string): Uint8Array => utf8(`galen/v1/staging-key\n${uploadId.toLowerCase()}`);

/**
 * Wraps an upload's staging key under the platform's, for `app.upload.staging_key`. A key of one upload opens under no other's id.
 * @param platformKey - 32 bytes, from STAGING_KEY_FILE.
 * @returns nonce ‖ AES-256-GCM of key and iv: 76 bytes.
 */
export function wrapStagingKey(backend: Backend, platformKey: Uint8Array, uploadId: string, key: StagingKey): Uint8Array {
  const nonce = backend.randomBytes(nonceLength);
  return concat(nonce, backend.sealGcm(platformKey, nonce, associated(uploadId), encodeStagingKey(key)));
}

/** Throws KEY_UNAVAILABLE for a key that was deleted, changed, wrapped under another platform key or for another upload. */
export function unwrapStagingKey(backend: Backend, platformKey: Uint8Array, uploadId: string, wrapped: Uint8Array | null): StagingKey {
  const opened = wrapped === null ? null : backend.openGcm(platformKey, wrapped.subarray(0, nonceLength), associated(uploadId), wrapped.subarray(nonceLength));
  if (opened === null) throw new AppError("KEY_UNAVAILABLE", "The upload's staging key is deleted, or does not open.");
  return decodeStagingKey(opened);
}

/**
 * The key of another staged file of the same upload: two files under one key and iv would betray each other.
 * @param name - the object's name, never used twice with other content.
 */
export function deriveStagingKey(backend: Backend, { key, iv }: StagingKey, name: string): StagingKey {
  return decodeStagingKey(backend.hkdfSha256(key, iv, utf8(`galen/v1/staging/${name}`), 48));
}
