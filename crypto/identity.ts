import { bech32 } from "@scure/base";
import { AppError } from "../schema/errors.js";
import type { Backend } from "./backend/backend.js";
import { recipientOf } from "./recipient.js";
import { classicSuite, defaultSuite, type Suite } from "./suite-names.js";

/** A secret key that opens files. */
export interface Identity {
  readonly suite: Suite;
  /** 32 bytes: an X-Wing seed, or an X25519 scalar. */
  readonly secret: Uint8Array;
}

const prefixes = {
  "age-v1/mlkem768x25519": "AGE-SECRET-KEY-PQ-",
  "age-v1/x25519": "AGE-SECRET-KEY-",
} as const satisfies Record<Suite, string>;

/** Reads `AGE-SECRET-KEY-PQ-1…` or `AGE-SECRET-KEY-1…`. Throws BAD_INPUT, without repeating the text. */
export function parseIdentity(text: string): Identity {
  const suite = text.startsWith(`${prefixes[defaultSuite]}1`) ? defaultSuite : classicSuite;
  try {
    const { prefix, bytes } = bech32.decodeToBytes(text);
    if (text === text.toUpperCase() && prefix.toUpperCase() === prefixes[suite] && bytes.length === 32) {
      return { suite, secret: bytes };
    }
  } catch {
    // Falls through: the library's message could quote the secret.
  }
  throw new AppError("BAD_INPUT", "Not an age identity: expected AGE-SECRET-KEY-PQ-1… or AGE-SECRET-KEY-1….");
}

/** @returns the identity as age's own tools write it: upper case. */
export const formatIdentity = ({ suite, secret }: Identity): string =>
  bech32.encodeFromBytes(prefixes[suite], secret).toUpperCase();

/** A fresh key pair as text: `identity` is secret, `recipient` is given away. */
export function generateIdentity(backend: Backend, suite: Suite = defaultSuite): { identity: string; recipient: string } {
  const secret = backend.randomBytes(32);
  return { identity: formatIdentity({ suite, secret }), recipient: recipientOf(backend, suite, secret).text };
}
