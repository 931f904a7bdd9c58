import type { ListingTerms } from "./listing-terms.js";
import type { Offer } from "./offer.js";
import type { PackedListing } from "./packed-listing.js";

/** @returns terms and offer in ten words, as the contract's `listBatch` takes and `Listed` tells them; the provider is not among them. */
export function packListing({ provider: _, payee, dataKind, region, ...hashes }: ListingTerms, { modelHash, p10, p50, p90, purposes, price }: Offer): PackedListing {
  return {
    ...hashes,
    sale: BigInt(payee) | (BigInt(dataKind) << 160n) | (BigInt(region) << 168n) | (BigInt(purposes) << 184n),
    prices: price | (p10 << 64n) | (p50 << 128n) | (p90 << 192n),
    modelHash,
  };
}
