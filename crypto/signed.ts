import { base64 } from "@scure/base";
import { AppError } from "../schema/errors.js";
import type { Backend } from "./backend/backend.js";
import { concat, toHex, utf8 } from "./bytes.js";
import { canonicalJson } from "./canonical-json.js";

/** A statement with an Ed25519 signature over its RFC 8785 form; plain JSON. */
export interface Signed<T> {
  readonly body: T;
  /** First 8 bytes of the public key's SHA-256, `0x…`: which key to check with. */
  readonly keyId: string;
  /** Base64 of 64 bytes. */
  readonly signature: string;
}

/** What a signature covers: the purpose is part of it, so that no statement passes for one of another kind. */
const covered = (purpose: string, body: unknown): Uint8Array => concat(utf8(`galen/v1/${purpose}\n`), canonicalJson(body));

/** @param publicKey - 32 bytes of Ed25519. */
export const keyIdOf = (backend: Backend, publicKey: Uint8Array): string => toHex(backend.sha256(publicKey).subarray(0, 8));

/** @param seed - the signer's 32-byte Ed25519 key. */
export function signStatement<T>(backend: Backend, purpose: string, body: T, seed: Uint8Array): Signed<T> {
  const signature = base64.encode(backend.ed25519Sign(seed, covered(purpose, body)));
  return { body, keyId: keyIdOf(backend, backend.ed25519Public(seed)), signature };
}

/**
 * @param publicKeys - the keys that may sign this; the one named is used.
 * @returns the body, whose fields are what was signed: its shape is the caller's to check.
 * Throws COMMITMENT_MISMATCH where no key fits or the signature does not match.
 */
export function verifyStatement<T>(backend: Backend, purpose: string, signed: Signed<T>, publicKeys: readonly Uint8Array[]): T {
  const publicKey = publicKeys.find((key) => keyIdOf(backend, key) === signed.keyId);
  if (publicKey === undefined) throw new AppError("COMMITMENT_MISMATCH", `The ${purpose} is signed by an unknown key.`);
  if (!backend.ed25519Verify(publicKey, covered(purpose, signed.body), decode(signed.signature))) {
    throw new AppError("COMMITMENT_MISMATCH", `The ${purpose}'s signature does not match.`);
  }
  return signed.body;
}

function decode(text: string): Uint8Array {
  try {
    return base64.decode(text);
  } catch {
    return new Uint8Array(0);
  }
}
