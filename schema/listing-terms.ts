/** The tuple's type, as `abi.encode` takes it: its keccak256 is the listing's id. */
export const listingTermsType =
  "tuple(address provider, address payee, bytes32 contentHash, bytes32 plaintextRoot, bytes32 ciphertextRoot, bytes32 keyCommitment, bytes32 metadataHash, bytes32 legalEvidenceHash, bytes32 previousId, uint8 dataKind, uint16 region)";

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
