import type { Backend } from "./backend/backend.js";
import { toHex } from "./bytes.js";
import type { ByteSource } from "./envelope/rechunk.js";

/**
 * What tells the platform that the same content comes again (D6): stable over attempts, and not to be guessed without the key.
 * @param key - the platform's 32-byte de-duplication key.
 * @param source - the canonical source bytes.
 * @returns `0x` and 64 digits of HMAC-SHA-256.
 */
export async function contentHash(backend: Backend, key: Uint8Array, source: ByteSource): Promise<string> {
  const mac = backend.hmacSha256(key);
  for await (const chunk of source) mac.update(chunk);
  return toHex(mac.digest());
}
