import type { Backend } from "../backend/backend.js";
import { toHex, utf8 } from "../bytes.js";
import { type Signed, signStatement, verifyStatement } from "../signed.js";
import { sharesDocumentHash, type SharesDocument } from "./shares-document.js";
import type { WrappedKey } from "./wrapped-key.js";

const purpose = "erasure-certificate";
const dayMs = 86_400_000;
/** Days within which the last backup of wrapping keys expires (D8). */
const backupDays = 30;

/** Says that a record's wrapping key was destroyed, and until when a backup may still hold it. */
export interface Erasure {
  readonly version: 1;
  readonly recordId: string;
  readonly suite: string;
  /** SHA-256 of the sealed wrapping key that was destroyed, `0x…`: tells which one, and opens nothing. Of threshold custody: the shares document's hash. */
  readonly wrappedKeyDigest: string;
  /** ISO 8601. */
  readonly erasedAt: string;
  /** ISO 8601: the encrypted key backup has forgotten the key by then; until then the erasure list is applied before any restore serves. */
  readonly backupsExpireBy: string;
  readonly statement: string;
}

/**
 * Signs the certificate for a key whose every live copy has just been destroyed; call it after that, not before.
 * @param erasedAt - when it was.
 * @param seed - the platform's 32-byte Ed25519 key.
 */
export const signErasure = (backend: Backend, wrapped: WrappedKey, erasedAt: Date, seed: Uint8Array): Signed<Erasure> =>
  signStatement(backend, purpose, {
    version: 1, recordId: wrapped.recordId, suite: wrapped.suite, wrappedKeyDigest: toHex(backend.sha256(utf8(wrapped.recordKey))), ...times(erasedAt),
    statement:
      "The wrapping key of this record was destroyed. The platform can no longer open the encrypted payload. " +
      "Copies that buyers lawfully decrypted before are not reached by this.",
  }, seed);

/** As {@link signErasure} of a record whose key is with custodians: the platform speaks of its own part alone. */
export const signSharedErasure = (backend: Backend, record: { recordId: string; suite: string; document: SharesDocument }, erasedAt: Date, seed: Uint8Array): Signed<Erasure> =>
  signStatement(backend, purpose, {
    version: 1, recordId: record.recordId, suite: record.suite, wrappedKeyDigest: sharesDocumentHash(record.document), ...times(erasedAt),
    statement:
      "The platform never held the key of this record. The encrypted payload and the document that says where the key's shares are were destroyed. " +
      "That the shares were is certified by each custodian. Copies that buyers lawfully decrypted before are not reached by this.",
  }, seed);

const times = (erasedAt: Date): Pick<Erasure, "erasedAt" | "backupsExpireBy"> => ({ erasedAt: erasedAt.toISOString(), backupsExpireBy: new Date(erasedAt.getTime() + backupDays * dayMs).toISOString() });

/** @returns what was certified. Throws COMMITMENT_MISMATCH. */
export const verifyErasure = (backend: Backend, signed: Signed<Erasure>, publicKeys: readonly Uint8Array[]): Erasure =>
  verifyStatement(backend, purpose, signed, publicKeys);
