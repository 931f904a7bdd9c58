import type { Backend } from "../backend/backend.js";
import { type Signed, signStatement, verifyStatement } from "../signed.js";

/** What is asked of a custodian. */
export interface ShareClaim {
  /** Commitment of the custodian's share. */
  readonly share: string;
  /** The order that was paid; an auditor, or the provider, names the listing instead. */
  readonly kind: "ORDER" | "AUDIT" | "OWN";
  /** Id of the order, or of the listing. */
  readonly subject: string;
  readonly account: string;
  /** age recipient whose hash the chain has for the account. */
  readonly recipient: string;
  /** ISO 8601: a claim is taken for a few minutes. */
  readonly at: string;
}

/** The text that the account's wallet signs (EIP-191): the share names the custodian, so it is of no use with another. */
export const claimText = ({ share, kind, subject, account, recipient, at }: ShareClaim): string =>
  ["Galen: release this share of a file key to my recipient.", `share: ${share}`, `${kind.toLowerCase()}: ${subject}`, `account: ${account.toLowerCase()}`, `recipient: ${recipient}`, `at: ${at}`].join("\n");

/** A custodian's word that a share is gone for good. */
export interface Destruction {
  readonly version: 1;
  readonly custodian: string;
  readonly record: string;
  readonly share: string;
  /** ISO 8601. */
  readonly destroyedAt: string;
  readonly statement: string;
}

const purpose = "share-destruction";

/** Call it once the share is gone. @param seed - the custodian's 32-byte Ed25519 key. */
export const signDestruction = (backend: Backend, of: Pick<Destruction, "custodian" | "record" | "share" | "destroyedAt">, seed: Uint8Array): Signed<Destruction> =>
  signStatement(backend, purpose, { version: 1, ...of, statement: "This custodian destroyed its share of the record's file key, keeps no copy, and takes this share from nobody again." }, seed);

/** @returns what was certified. Throws COMMITMENT_MISMATCH. */
export const verifyDestruction = (backend: Backend, signed: Signed<Destruction>, publicKeys: readonly Uint8Array[]): Destruction => verifyStatement(backend, purpose, signed, publicKeys);
