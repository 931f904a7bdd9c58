/**
 * Columns that the first version of a thing sets for good and that no mapping reads: Postgres carries them from one version to the next, so that
 * a sale of a listing neither loads nor sends its hashes again. The types keep mappings from reading them.
 */
export const carriedColumns = {
  participant: [],
  listing: [
    ...(["provider", "contentHash", "plaintextRoot", "ciphertextRoot", "keyCommitment", "metadataHash", "legalEvidenceHash", "previousId"] as const),
    ...(["dataKind", "region", "p10", "p50", "p90", "modelHash", "listedBlock", "listedTime", "listedTransaction"] as const),
  ],
  trade_order: ["salt", "price", "purpose", "recipientCommitment", "deliverBy", "purchasedBlock", "purchasedTime", "purchasedTransaction"],
  dispute: [],
  ring: [],
  market: [],
  assignment: [],
} as const;
