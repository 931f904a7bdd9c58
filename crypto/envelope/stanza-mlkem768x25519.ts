import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { base64nopad } from "@scure/base";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { utf8 } from "../bytes.js";
import { hpkeKeySchedule } from "./hpke.js";
import { malformed } from "./malformed.js";
import { decodeShare } from "./stanza-x25519.js";
import { fileKeyLength, type Stanza } from "./stanza.js";

const type = "mlkem768x25519";
const encapsulatedLength = 1120;
const info = utf8("age-encryption.org/mlkem768x25519");

/** @param recipient - 1,216 bytes: ML-KEM-768 key ‖ X25519 key. */
export function wrapMlkem768X25519(backend: Backend, recipient: Uint8Array, fileKey: Uint8Array): Stanza {
  const { cipherText, sharedSecret } = encapsulate(backend, recipient);
  const { key, nonce } = hpkeKeySchedule(backend, sharedSecret, info);
  return { args: [type, base64nopad.encode(cipherText)], body: backend.sealChaCha(key, nonce, fileKey) };
}

function encapsulate(backend: Backend, recipient: Uint8Array) {
  try {
    return MLKEM768X25519.encapsulate(recipient, backend.randomBytes(64));
  } catch (cause) {
    throw new AppError("BAD_INPUT", "The age recipient holds an invalid public key.", { cause });
  }
}

/**
 * @param seed - the identity's 32 bytes.
 * @returns null where the stanza is of another type or for another key.
 */
export function unwrapMlkem768X25519(backend: Backend, seed: Uint8Array, stanza: Stanza): Uint8Array | null {
  if (stanza.args[0] !== type) return null;
  const share = stanza.args.length === 2 ? decodeShare(stanza.args[1] ?? "", encapsulatedLength) : null;
  if (share === null || stanza.body.length !== fileKeyLength + 16) throw malformed("an mlkem768x25519 stanza has a wrong shape");
  let shared: Uint8Array;
  try {
    shared = MLKEM768X25519.decapsulate(share, seed);
  } catch {
    throw malformed("an mlkem768x25519 stanza's share has low order");
  }
  const { key, nonce } = hpkeKeySchedule(backend, shared, info);
  return backend.openChaCha(key, nonce, stanza.body);
}
