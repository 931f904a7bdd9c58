import { ZeroAddress, ZeroHash } from "ethers";
import type { ListingTerms } from "../../schema/listing-terms.js";

/** Columns of `public.listing` that its terms are made of. */
export interface TermsRow {
  provider: string | null;
  payee: string;
  content_hash: string;
  plaintext_root: string;
  ciphertext_root: string;
  key_commitment: string;
  metadata_hash: string;
  legal_evidence_hash: string;
  previous_id: string | null;
  data_kind: number;
  region: number;
}

export const termsColumns = (alias: string): string =>
  ["provider", "payee", "content_hash", "plaintext_root", "ciphertext_root", "key_commitment", "metadata_hash", "legal_evidence_hash", "previous_id", "data_kind", "region"].map((name) => `${alias}.${name}`).join(", ");

/** @returns the tuple that the contract takes. */
export function termsOf(row: TermsRow): ListingTerms {
  return {
    provider: row.provider ?? ZeroAddress,
    payee: row.payee,
    contentHash: row.content_hash,
    plaintextRoot: row.plaintext_root,
    ciphertextRoot: row.ciphertext_root,
    keyCommitment: row.key_commitment,
    metadataHash: row.metadata_hash,
    legalEvidenceHash: row.legal_evidence_hash,
    previousId: row.previous_id ?? ZeroHash,
    dataKind: row.data_kind,
    region: row.region,
  };
}
