import { base64nopad } from "@scure/base";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { concat, utf8 } from "../bytes.js";
import { malformed } from "./malformed.js";
import { fileKeyLength, type Stanza } from "./stanza.js";

const type = "X25519";
const zeroNonce = new Uint8Array(12);

function wrappingKey(backend: Backend, shared: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  return backend.hkdfSha256(shared, concat(share, recipient), utf8("age-encryption.org/v1/X25519"), 32);
}

/** @param recipient - 32 bytes. */
export function wrapX25519(backend: Backend, recipient: Uint8Array, fileKey: Uint8Array): Stanza {
  const ephemeral = backend.randomBytes(32);
  const share = backend.x25519Public(ephemeral);
  const shared = backend.x25519Shared(ephemeral, recipient);
  if (shared === null) throw new AppError("BAD_INPUT", "The age recipient holds an invalid public key.");
  return { args: [type, base64nopad.encode(share)], body: backend.sealChaCha(wrappingKey(backend, shared, share, recipient), zeroNonce, fileKey) };
}

/** @returns null where the stanza is of another type or for another key. */
export function unwrapX25519(backend: Backend, secret: Uint8Array, stanza: Stanza): Uint8Array | null {
  if (stanza.args[0] !== type) return null;
  const share = stanza.args.length === 2 ? decodeShare(stanza.args[1] ?? "", 32) : null;
  if (share === null || stanza.body.length !== fileKeyLength + 16) throw malformed("an X25519 stanza has a wrong shape");
  const shared = backend.x25519Shared(secret, share);
  if (shared === null) throw malformed("an X25519 stanza's share has low order");
  return backend.openChaCha(wrappingKey(backend, shared, share, backend.x25519Public(secret)), zeroNonce, stanza.body);
}

/** @returns null unless it is canonical base64 of exactly `length` bytes. */
export function decodeShare(text: string, length: number): Uint8Array | null {
  try {
    const bytes = base64nopad.decode(text);
    return bytes.length === length ? bytes : null;
  } catch {
    return null;
  }
}
