import { AbiCoder, type Interface } from "ethers";
import type { ListingTerms } from "../schema/listing-terms.js";
import type { Offer } from "../schema/offer.js";
import { ringProofTypes } from "../schema/ring-proof.js";
import type { Upload } from "../schema/entities/upload.js";
import { AppError } from "../schema/errors.js";

const zeroAddress = `0x${"00".repeat(20)}`;
const zeroHash = `0x${"00".repeat(32)}`;

type TermsSource = Pick<Upload, "owner" | "anonymous" | "payee" | "contentHash" | "plaintextRoot" | "ciphertextRoot" | "keyCommitment" | "legalEvidenceHash" | "previousListingId" | "dataKind" | "region">;

/** @throws AppError CONFLICT if the upload has not come so far. */
export function listingTerms(upload: TermsSource, metadataHash: string): ListingTerms {
  const { contentHash, plaintextRoot, ciphertextRoot, keyCommitment, dataKind } = upload;
  if (contentHash === null || plaintextRoot === null || ciphertextRoot === null || keyCommitment === null || dataKind === null) {
    throw new AppError("CONFLICT", "The upload has not all that a listing needs.");
  }
  return {
    provider: upload.anonymous ? zeroAddress : upload.owner,
    payee: upload.payee,
    contentHash,
    plaintextRoot,
    ciphertextRoot,
    keyCommitment,
    metadataHash,
    legalEvidenceHash: upload.legalEvidenceHash,
    previousId: upload.previousListingId ?? zeroHash,
    dataKind,
    region: upload.region,
  };
}

/** @returns call data of `list`. @param consent - the provider's signature over the listing id and the offer, valid to `deadline`. */
export function encodeList(contract: Interface, terms: ListingTerms, offer: Offer, deadline: bigint, consent: string): string {
  return contract.encodeFunctionData("list", [terms, offer, deadline, consent]);
}

/** @returns call data of `listAnonymously`. @param proof - abi.encode(ring hash, ring signature). */
export function encodeListAnonymously(contract: Interface, terms: ListingTerms, offer: Offer, deadline: bigint, proof: string): string {
  const [ringHash, signature] = AbiCoder.defaultAbiCoder().decode(ringProofTypes, proof) as unknown as [string, unknown];
  return contract.encodeFunctionData("listAnonymously", [terms, offer, deadline, ringHash, signature]);
}
