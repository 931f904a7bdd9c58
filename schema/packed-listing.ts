/** As `IMarketTypes.PackedListing` of the contract: a listing without its provider in ten words, as `Listed` tells it. Hashes are 0x hex. */
export interface PackedListing {
  /** payee (160 bits, lowest) | dataKind (8) | region (16) | purposes (32) | zeros (40) */
  readonly sale: bigint;
  readonly contentHash: string;
  readonly plaintextRoot: string;
  readonly ciphertextRoot: string;
  readonly keyCommitment: string;
  readonly metadataHash: string;
  readonly legalEvidenceHash: string;
  readonly previousId: string;
  /** price (64 bits, lowest) | p10 (64) | p50 (64) | p90 (64) */
  readonly prices: bigint;
  readonly modelHash: string;
}
