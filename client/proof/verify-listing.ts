import { decodeRlp, keccak256 } from "ethers";
import type { BlockHeader } from "../../schema/block-header.js";
import { AppError } from "../../schema/errors.js";
import { listingIdOf } from "../../schema/listing-id.js";
import { listingStorageKey, readListingWord, type StoredListing } from "../../schema/listing-storage.js";
import type { ListingTerms } from "../../schema/listing-terms.js";
import { verifyBlock, type VerifiedBlock } from "./verify-block.js";
import { verifyTrie } from "./verify-trie.js";

/** As the API's `listing { proof }` gives it. */
export interface ListingProof {
  header: BlockHeader;
  /** The marketplace. */
  address: string;
  /** RLP of the nodes from the state's root to the marketplace's account. */
  accountProof: readonly string[];
  /** RLP of the nodes from the account's storage root to the listing's word. */
  storageProof: readonly string[];
}

export interface VerifiedListing extends StoredListing {
  block: VerifiedBlock;
}

/**
 * Checks, without asking anybody, that the marketplace holds a listing as the proof says, at the end of the proof's block.
 * @param trusted - see verifyBlock; and the marketplace's address, which the verifier must know from elsewhere.
 * @param terms - the tuple that the API told: the id must be its hash.
 * @throws AppError PROOF_INVALID
 */
export function verifyListing(listingId: string, proof: ListingProof, trusted: { marketplace: string; hash?: string; signers?: readonly string[] }, terms?: ListingTerms): VerifiedListing {
  if (proof.address.toLowerCase() !== trusted.marketplace.toLowerCase()) throw new AppError("PROOF_INVALID", "The proof is of another contract.");
  if (terms && listingIdOf(terms) !== listingId.toLowerCase()) throw new AppError("PROOF_INVALID", "The listing's id is not the hash of its terms.");
  const block = verifyBlock(proof.header, trusted);
  try {
    const account = verifyTrie(proof.header.stateRoot, keccak256(proof.address), proof.accountProof);
    const storageRoot = account === null ? null : (decodeRlp(account) as string[])[2];
    if (storageRoot == null) throw new AppError("PROOF_INVALID", "There is no such contract in the block's state.");
    const word = verifyTrie(storageRoot, keccak256(listingStorageKey(listingId)), proof.storageProof);
    return { ...readListingWord(word === null ? 0n : BigInt(decodeRlp(word) as string)), block };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("PROOF_INVALID", "The proof is malformed.", { cause });
  }
}
