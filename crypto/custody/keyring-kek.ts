import { base64 } from "@scure/base";
import { AppError } from "../../schema/errors.js";
import type { Backend } from "../backend/backend.js";
import { concat, lengthPrefixed, utf8 } from "../bytes.js";
import type { Context, Kek } from "./kek.js";
import { type Keyring, newest } from "./keyring.js";

const nonceLength = 12;

/** The version is part of what is authenticated, so that a seal cannot be passed off as an older key's. */
const additional = (version: number, context: Context): Uint8Array =>
  lengthPrefixed(utf8("galen/v1/kek"), utf8(String(version)), ...context.map(utf8));

/**
 * The KEKs of a keyring: AES-256-GCM with random nonces (fewer than 2^32 secrets a version).
 * @param current - read at each use, so that a rotation reaches a running process.
 */
export function keyringKek(backend: Backend, current: () => Pick<Keyring, "keks">): Kek {
  const key = (version: number): Uint8Array => {
    const found = current().keks.find((kek) => kek.version === version);
    if (found === undefined) throw new AppError("KEY_UNAVAILABLE", `The keyring has no key-encryption key of version ${version}.`);
    return found.value;
  };
  return {
    name: "keyring",
    async currentVersion() {
      return newest(current().keks).version;
    },
    async seal(version, context, secret) {
      const nonce = backend.randomBytes(nonceLength);
      return base64.encode(concat(nonce, backend.sealGcm(key(version), nonce, additional(version, context), secret)));
    },
    async open(version, context, sealed) {
      const bytes = decode(sealed);
      const plain = backend.openGcm(key(version), bytes.subarray(0, nonceLength), additional(version, context), bytes.subarray(nonceLength));
      if (plain === null) throw new AppError("KEY_UNAVAILABLE", "The wrapped key was changed, or is of another record.");
      return plain;
    },
  };
}

function decode(text: string): Uint8Array {
  try {
    const bytes = base64.decode(text);
    if (bytes.length >= nonceLength + 16) return bytes;
  } catch {
    // Falls through to the one error for all malformed input.
  }
  throw new AppError("KEY_UNAVAILABLE", "The wrapped key is malformed.");
}
