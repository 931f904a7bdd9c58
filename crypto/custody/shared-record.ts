import { toHex, lengthPrefixed, utf8 } from "../bytes.js";
import type { Backend } from "../backend/backend.js";

/** What a share is bound to: a listing's terms, as far as they are the record's own. All are 0x hex. */
export interface SharedRecordTerms {
  readonly contentHash: string;
  readonly plaintextRoot: string;
  readonly ciphertextRoot: string;
  readonly keyCommitment: string;
  readonly payee: string;
}

/**
 * A shared record's name. Custodians compute it from the listing that was paid for, so a share is released for this very content, sold to the benefit of this very
 * payee, and under no other listing.
 * @returns `0x` and 64 digits.
 */
export const sharedRecordOf = (backend: Backend, { contentHash, plaintextRoot, ciphertextRoot, keyCommitment, payee }: SharedRecordTerms): string =>
  toHex(backend.sha256(lengthPrefixed(...["galen/v1/shared-record", contentHash, plaintextRoot, ciphertextRoot, keyCommitment, payee].map((part) => utf8(part.toLowerCase())))));
