import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { base64 } from "@scure/base";
import { nodeBackend } from "../crypto/backend/node.js";
import { openKeyring } from "../crypto/custody/keyring-node.js";
import { newest } from "../crypto/custody/keyring.js";
import { parseIdentity } from "../crypto/identity.js";
import { recipientOf } from "../crypto/recipient.js";
import { custodianShape, type Custodian } from "../schema/custody.js";
import { AppError } from "../schema/errors.js";

/** A custodian's own keys. */
export interface CustodianIdentity {
  /** What others are told of it. */
  readonly told: Custodian;
  /** `AGE-SECRET-KEY-PQ-1…`: opens its shares. */
  readonly secret: string;
  /** 32-byte Ed25519 seed: signs its log, and its word that a share was destroyed. */
  readonly seed: Uint8Array;
}

/**
 * Reads `<home>/keyring.json` (0600), or makes it the first time. The format is the platform's keyring; of it a custodian uses identity and signing key alone.
 * @throws AppError CONFIG_INVALID if others may read it, or name or URL are none
 */
export async function openIdentity(home: string, { name, url }: { name: string; url: string }): Promise<CustodianIdentity> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  const { identities, signingKeys } = await openKeyring(join(home, "keyring.json"));
  const { value: secret } = newest(identities);
  const { value: seed } = newest(signingKeys);
  const { suite, secret: key } = parseIdentity(secret);
  const told = custodianShape.safeParse({ name, url, recipient: recipientOf(nodeBackend, suite, key).text, publicKey: base64.encode(nodeBackend.ed25519Public(seed)) });
  if (!told.success) throw new AppError("CONFIG_INVALID", `The custodian's ${told.error.issues[0]?.path.join(".") ?? "name"} is not of the form that is needed.`);
  return { told: told.data, secret, seed };
}
