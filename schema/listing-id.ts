import { AbiCoder, keccak256 } from "ethers";
import { listingTermsType, type ListingTerms } from "./listing-terms.js";

/** @returns keccak256(abi.encode(terms)), as the contract's listingIdOf. */
export const listingIdOf = (terms: ListingTerms): string => keccak256(AbiCoder.defaultAbiCoder().encode([listingTermsType], [terms]));
