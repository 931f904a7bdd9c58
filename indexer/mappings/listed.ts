import type { Mapping } from "../mapping.js";

const zeroAddress = `0x${"0".repeat(40)}`;
const zeroHash = `0x${"0".repeat(64)}`;

/** Listed → a pending listing. */
export const listed: Mapping<"Listed"> = {
  reads: ({ listingId }) => ({ listing: listingId }),
  subjects: ({ listingId, provider, terms }) => ({ listingId, account: provider === zeroAddress ? terms.payee : provider }),
  apply({ args: { listingId, provider, terms, offer }, blockNumber, blockTime, transactionHash }, state) {
    if (state.listing(listingId)) return "LISTING_EXISTS";
    return [
      {
        table: "listing",
        row: {
          id: listingId,
          status: "PENDING",
          provider: provider === zeroAddress ? null : provider,
          payee: terms.payee,
          contentHash: terms.contentHash,
          plaintextRoot: terms.plaintextRoot,
          ciphertextRoot: terms.ciphertextRoot,
          keyCommitment: terms.keyCommitment,
          metadataHash: terms.metadataHash,
          legalEvidenceHash: terms.legalEvidenceHash,
          previousId: terms.previousId === zeroHash ? null : terms.previousId,
          dataKind: terms.dataKind,
          region: terms.region,
          price: offer.price,
          purposes: BigInt(offer.purposes),
          p10: offer.p10,
          p50: offer.p50,
          p90: offer.p90,
          modelHash: offer.modelHash,
          approvals: 0,
          rejections: 0,
          sales: 0,
          listedBlock: blockNumber,
          listedTime: blockTime,
          listedTransaction: transactionHash,
        },
      },
    ];
  },
};
