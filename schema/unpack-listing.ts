import type { ListingTerms } from "./listing-terms.js";
import type { Offer } from "./offer.js";
import type { PackedListing } from "./packed-listing.js";

/** The inverse of packListing. @returns undefined if `sale` has bits that mean nothing. */
export function unpackListing(provider: string, { sale, prices, modelHash, ...hashes }: PackedListing): { terms: ListingTerms; offer: Offer } | undefined {
  if (sale >> 216n !== 0n) return undefined;
  const price = (index: bigint): bigint => BigInt.asUintN(64, prices >> (64n * index));
  return {
    terms: {
      provider,
      payee: `0x${BigInt.asUintN(160, sale).toString(16).padStart(40, "0")}`,
      ...hashes,
      dataKind: Number(BigInt.asUintN(8, sale >> 160n)),
      region: Number(BigInt.asUintN(16, sale >> 168n)),
    },
    offer: { modelHash, p10: price(1n), p50: price(2n), p90: price(3n), purposes: Number(sale >> 184n), price: price(0n) },
  };
}
