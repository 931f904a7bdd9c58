/** As `IMarketTypes.ListingTerms` of the contract, in its order: the listing id is the hash of its encoding. All but the last two are 0x hex. */
export interface ListingTerms {
  provider: string;
  payee: string;
  contentHash: string;
  plaintextRoot: string;
  ciphertextRoot: string;
  keyCommitment: string;
  metadataHash: string;
  legalEvidenceHash: string;
  previousId: string;
  dataKind: number;
  /** ISO 3166-1 numeric. */
  region: number;
}
