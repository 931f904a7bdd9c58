import { keccak_256 } from "@noble/hashes/sha3.js";
import { bech32 } from "@scure/base";
import { AppError } from "../schema/errors.js";
import type { Backend } from "./backend/backend.js";
import { toHex, utf8 } from "./bytes.js";
import { classicSuite, defaultSuite, type Suite } from "./suite-names.js";
import { xwingKeyIsValid, xwingPublic, xwingPublicLength } from "./xwing.js";

/** A public key that files are encrypted to. */
export interface Recipient {
  readonly suite: Suite;
  /** 1,216 bytes (ML-KEM-768 key ‖ X25519 key), or 32 bytes of X25519. */
  readonly publicKey: Uint8Array;
  /** `age1pq1…` or `age1…`, lower case. */
  readonly text: string;
}

const kinds = {
  "age-v1/mlkem768x25519": { prefix: "age1pq", length: xwingPublicLength },
  "age-v1/x25519": { prefix: "age", length: 32 },
} as const satisfies Record<Suite, { prefix: string; length: number }>;

/** Any scalar: a point of low order gives zero with each of them. */
const anyScalar = new Uint8Array(32).fill(1);

/**
 * Reads and checks an age recipient.
 * Throws BAD_INPUT for another kind, a wrong checksum, upper case, or a key that no honest program makes
 * (an unreduced ML-KEM key, an X25519 point of low order).
 */
export function parseRecipient(backend: Backend, text: string): Recipient {
  const recipient = decodeRecipient(text);
  const { suite, publicKey } = recipient;
  const valid = suite === defaultSuite ? xwingKeyIsValid(backend, publicKey) : backend.x25519Shared(anyScalar, publicKey) !== null;
  if (!valid) throw new AppError("BAD_INPUT", "The age recipient holds an invalid public key.");
  return recipient;
}

/** Reads a recipient's text alone: for encrypting, which finds out an invalid key by itself. Throws BAD_INPUT. */
export function decodeRecipient(text: string): Recipient {
  const suite = text.startsWith("age1pq1") ? defaultSuite : classicSuite;
  const { prefix, length } = kinds[suite];
  const publicKey = decode(text, prefix, length);
  if (publicKey === null || text !== text.toLowerCase()) {
    throw new AppError("BAD_INPUT", "Not an age recipient: expected age1pq1… or age1….");
  }
  return { suite, publicKey, text };
}

function decode(text: string, prefix: string, length: number): Uint8Array | null {
  try {
    // No 90-character limit: post-quantum recipients have 1,959.
    const decoded = bech32.decode(text as `${string}1${string}`, false);
    const bytes = bech32.fromWords(decoded.words);
    return decoded.prefix === prefix && bytes.length === length ? bytes : null;
  } catch {
    return null;
  }
}

/** @param secret - the 32-byte secret of an identity of that suite. */
export function recipientOf(backend: Backend, suite: Suite, secret: Uint8Array): Recipient {
  const publicKey = suite === defaultSuite ? xwingPublic(backend, secret) : backend.x25519Public(secret);
  const text = bech32.encode(kinds[suite].prefix, bech32.toWords(publicKey), false);
  return { suite, publicKey, text };
}

/** What the chain knows of a buyer's recipient: the first 20 bytes of keccak256 of its text. @returns `0x` and 40 digits. */
export const recipientCommitment = (recipient: string): string => toHex(keccak_256(utf8(recipient)).subarray(0, 20));
