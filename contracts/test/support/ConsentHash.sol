// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../../src/interfaces/IMarketTypes.sol";

/// @dev EIP-712 struct hash of a provider's consent, written down a second time.
function consentHash(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer, uint256 deadline)
    pure
    returns (bytes32)
{
    return keccak256(
        abi.encode(
            keccak256("ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)"),
            keccak256(abi.encode(terms)),
            offer.price,
            offer.purposes,
            deadline
        )
    );
}
