import { AbiCoder, keccak256 } from "ethers";
import { chainListingStatus, type ChainListingStatus } from "./chain-status.js";

/** Slot of the contract's mapping `_listings`; a test compares it with the deployed contract's storage. */
const listingsSlot = 7n;

/** @returns the storage key of a listing's word: 0x and 64 digits. */
export const listingStorageKey = (listingId: string): string => keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [listingId, listingsSlot]));

export interface StoredListing {
  status: ChainListingStatus | "UNKNOWN";
  /** In the payment token's smallest unit. */
  price: bigint;
  /** Mask of `Purpose` bits. */
  purposes: bigint;
}

/** Takes a listing's word apart, as `ListingWord.sol` packs it: price (64 bits, lowest), purposes (32), status (8), votes. */
export const readListingWord = (word: bigint): StoredListing => ({
  price: word & 0xffff_ffff_ffff_ffffn,
  purposes: (word >> 64n) & 0xffff_ffffn,
  status: chainListingStatus[Number((word >> 96n) & 0xffn)] ?? "UNKNOWN",
});
