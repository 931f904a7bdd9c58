import { ZeroAddress, ZeroHash } from "ethers";
import type { Listing } from "../../schema/entities/index.js";
import type { ListingTerms } from "../types/listing.js";

/** The tuple that the contract takes: `listingId = keccak256(abi.encode(terms))`. */
export function termsOf(listing: Listing): ListingTerms {
  const { payee, contentHash, plaintextRoot, ciphertextRoot, keyCommitment, metadataHash, legalEvidenceHash, dataKind, region } = listing;
  const provider = listing.provider ?? ZeroAddress;
  const previousId = listing.previousId ?? ZeroHash;
  return { provider, payee, contentHash, plaintextRoot, ciphertextRoot, keyCommitment, metadataHash, legalEvidenceHash, previousId, dataKind, region };
}
