import { base64nopad } from "@scure/base";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { utf8 } from "../bytes.js";
import { xwingCiphertextLength, xwingDecapsulate, xwingEncapsulate } from "../xwing.js";
import { hpkeKeySchedule } from "./hpke.js";
import { malformed } from "./malformed.js";
import { decodeShare } from "./stanza-x25519.js";
import { fileKeyLength, type Stanza } from "./stanza.js";

const type = "mlkem768x25519";
const info = utf8("age-encryption.org/mlkem768x25519");

/** @param recipient - 1,216 bytes: ML-KEM-768 key ‖ X25519 key. */
export function wrapMlkem768X25519(backend: Backend, recipient: Uint8Array, fileKey: Uint8Array): Stanza {
  const sent = xwingEncapsulate(backend, recipient);
  if (sent === null) throw new AppError("BAD_INPUT", "The age recipient holds an invalid public key.");
  const { key, nonce } = hpkeKeySchedule(backend, sent.shared, info);
  return { args: [type, base64nopad.encode(sent.ciphertext)], body: backend.sealChaCha(key, nonce, fileKey) };
}

/**
 * @param seed - the identity's 32 bytes.
 * @returns null where the stanza is of another type or for another key.
 */
export function unwrapMlkem768X25519(backend: Backend, seed: Uint8Array, stanza: Stanza): Uint8Array | null {
  if (stanza.args[0] !== type) return null;
  const share = stanza.args.length === 2 ? decodeShare(stanza.args[1] ?? "", xwingCiphertextLength) : null;
  if (share === null || stanza.body.length !== fileKeyLength + 16) throw malformed("an mlkem768x25519 stanza has a wrong shape");
  const shared = xwingDecapsulate(backend, seed, share);
  if (shared === null) throw malformed("an mlkem768x25519 stanza's share has low order");
  const { key, nonce } = hpkeKeySchedule(backend, shared, info);
  return backend.openChaCha(key, nonce, stanza.body);
}
