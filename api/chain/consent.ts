import type { Market } from "./market.js";
import { typedData, type TypedData } from "./typed-data.js";

/** What a provider consents to; `IListings` in contracts/ is the source of the shape. */
export interface Consent {
  listingId: string;
  /** In the token's smallest unit. */
  price: bigint;
  /** Mask of `Purpose` bits. */
  purposes: bigint;
  /** Unix seconds. */
  deadline: bigint;
}

export const consentTypedData = ({ deployment }: Pick<Market, "deployment">, consent: Consent): TypedData =>
  typedData(
    "ListingConsent",
    [
      { name: "listingId", type: "bytes32" },
      { name: "price", type: "uint64" },
      { name: "purposes", type: "uint32" },
      { name: "deadline", type: "uint256" },
    ],
    { name: "Galen Marketplace", version: "1", chainId: deployment.chainId, verifyingContract: deployment.marketplace },
    { listingId: consent.listingId, price: consent.price.toString(), purposes: consent.purposes.toString(), deadline: consent.deadline.toString() },
  );
