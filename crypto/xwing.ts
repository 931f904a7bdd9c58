import { sha3_256, shake256 } from "@noble/hashes/sha3.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import type { Backend } from "./backend/backend.js";
import { concat } from "./bytes.js";

/** Bytes of a public key: ML-KEM-768's 1,184, then X25519's 32. */
export const xwingPublicLength = 1216;
/** Bytes of a ciphertext: ML-KEM-768's 1,088, then X25519's 32. */
export const xwingCiphertextLength = 1120;

const mlkemPublicLength = 1184;
const mlkemCiphertextLength = 1088;
/** Of an ML-KEM key, its coefficients: 12 bits each; a 32-byte seed follows. */
const coefficientBytes = 1152;
const modulus = 3329;
/** `\./` over `/^\`. */
const label = Uint8Array.of(0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c);

interface Expanded {
  readonly mlkem: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  /** X25519 scalar. */
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

function expand(backend: Backend, seed: Uint8Array): Expanded {
  if (seed.length !== 32) throw new RangeError("an X-Wing seed has 32 bytes");
  const expanded = shake256(seed, { dkLen: 96 });
  const secret = expanded.subarray(64);
  return { mlkem: ml_kem768.keygen(expanded.subarray(0, 64)), secret, publicKey: backend.x25519Public(secret) };
}

const combine = (mlkemShared: Uint8Array, shared: Uint8Array, share: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  sha3_256(concat(mlkemShared, shared, share, publicKey, label));

/** @param seed - 32 bytes. @returns the 1,216-byte public key. */
export function xwingPublic(backend: Backend, seed: Uint8Array): Uint8Array {
  const { mlkem, publicKey } = expand(backend, seed);
  return concat(mlkem.publicKey, publicKey);
}

/** FIPS 203 §7.2: every coefficient is below q. (noble 0.5.4 means to check this, but accepts such keys: xwing.test.ts.) */
function mlkemKeyIsReduced(key: Uint8Array): boolean {
  for (let i = 0; i < coefficientBytes; i += 3) {
    const [a = 0, b = 0, c = 0] = key.subarray(i, i + 3);
    if ((a | ((b & 15) << 8)) >= modulus || ((b >> 4) | (c << 4)) >= modulus) return false;
  }
  return true;
}

/** @returns whether files may be encrypted to it. @param recipient - 1,216 bytes. */
export const xwingKeyIsValid = (backend: Backend, recipient: Uint8Array): boolean =>
  mlkemKeyIsReduced(recipient) && backend.x25519Shared(new Uint8Array(32).fill(1), recipient.subarray(mlkemPublicLength)) !== null;

/**
 * X-Wing: ML-KEM-768 with X25519. Half the time of noble's own composition on Node, whose X25519 is OpenSSL's here.
 * @param recipient - 1,216 bytes. @returns null for an ML-KEM key that is not reduced, or an X25519 point of low order.
 * @see draft-connolly-cfrg-xwing-kem §5.4
 */
export function xwingEncapsulate(backend: Backend, recipient: Uint8Array): { ciphertext: Uint8Array; shared: Uint8Array } | null {
  if (recipient.length !== xwingPublicLength) throw new RangeError(`an X-Wing public key has ${xwingPublicLength} bytes`);
  const publicKey = recipient.subarray(mlkemPublicLength);
  const ephemeral = backend.randomBytes(32);
  const shared = backend.x25519Shared(ephemeral, publicKey);
  if (shared === null || !mlkemKeyIsReduced(recipient)) return null;
  const mlkem = ml_kem768.encapsulate(recipient.subarray(0, mlkemPublicLength), backend.randomBytes(32));
  const share = backend.x25519Public(ephemeral);
  return { ciphertext: concat(mlkem.cipherText, share), shared: combine(mlkem.sharedSecret, shared, share, publicKey) };
}

/** @returns the 32-byte shared secret, or null where the ciphertext's X25519 share has low order. A ciphertext for another key gives another secret. */
export function xwingDecapsulate(backend: Backend, seed: Uint8Array, ciphertext: Uint8Array): Uint8Array | null {
  if (ciphertext.length !== xwingCiphertextLength) throw new RangeError(`an X-Wing ciphertext has ${xwingCiphertextLength} bytes`);
  const { mlkem, secret, publicKey } = expand(backend, seed);
  const share = ciphertext.subarray(mlkemCiphertextLength);
  const shared = backend.x25519Shared(secret, share);
  if (shared === null) return null;
  return combine(ml_kem768.decapsulate(ciphertext.subarray(0, mlkemCiphertextLength), mlkem.secretKey), shared, share, publicKey);
}
