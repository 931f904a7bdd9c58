import type { Backend } from "../backend/backend.js";
import { concat, utf8 } from "../bytes.js";

const none = new Uint8Array(0);
/** KEM 0x647a (MLKEM768-X25519), KDF 1 (HKDF-SHA256), AEAD 3 (ChaCha20-Poly1305). */
const suiteId = concat(utf8("HPKE"), Uint8Array.of(0x64, 0x7a, 0, 1, 0, 3));

/** HKDF-Extract is HMAC keyed by the salt, an empty one standing for zeroes. */
const extract = (backend: Backend, salt: Uint8Array, label: string, input: Uint8Array): Uint8Array =>
  backend.hmacSha256(salt.length === 0 ? new Uint8Array(32) : salt).update(concat(utf8("HPKE-v1"), suiteId, utf8(label), input)).digest();

/** HKDF-Expand of at most one block (32 bytes). */
function expand(backend: Backend, secret: Uint8Array, label: string, info: Uint8Array, length: number): Uint8Array {
  const labelled = concat(Uint8Array.of(0, length), utf8("HPKE-v1"), suiteId, utf8(label), info, Uint8Array.of(1));
  return backend.hmacSha256(secret).update(labelled).digest().subarray(0, length);
}

/**
 * HPKE's key schedule in base mode, for one message.
 * @param shared - 32 bytes from the KEM.
 * @returns key (32 bytes) and nonce (12 bytes) for ChaCha20-Poly1305.
 * @see RFC 9180 §5.1
 */
export function hpkeKeySchedule(backend: Backend, shared: Uint8Array, info: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const baseMode = Uint8Array.of(0);
  const context = concat(baseMode, extract(backend, none, "psk_id_hash", none), extract(backend, none, "info_hash", info));
  const secret = extract(backend, shared, "secret", none);
  return { key: expand(backend, secret, "key", context, 32), nonce: expand(backend, secret, "base_nonce", context, 12) };
}
