// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../interfaces/IListings.sol";
import {IMarketTypes} from "../interfaces/IMarketTypes.sol";

/// @dev A listing in one word, as the struct `IListings.Listing` would be stored: price (64 bits, lowest), purposes (32),
/// status (8), votes (152). By hand, since the compiler writes a packed struct field by field.
library ListingWord {
    uint256 private constant PURPOSES = 64;
    uint256 private constant STATUS = 96;
    uint256 private constant VOTES = 104;

    function pack(uint64 price_, uint32 purposes_, IMarketTypes.ListingStatus status_) internal pure returns (uint256) {
        return uint256(price_) | uint256(purposes_) << PURPOSES | uint256(status_) << STATUS;
    }

    function unpack(uint256 word) internal pure returns (IListings.Listing memory) {
        return IListings.Listing({
            price: price(word),
            purposes: purposes(word),
            status: status(word),
            votes: uint152(votes(word))
        });
    }

    function price(uint256 word) internal pure returns (uint64) {
        return uint64(word);
    }

    function purposes(uint256 word) internal pure returns (uint32) {
        return uint32(word >> PURPOSES);
    }

    function status(uint256 word) internal pure returns (IMarketTypes.ListingStatus) {
        return IMarketTypes.ListingStatus(uint8(word >> STATUS));
    }

    /// @return the number of the status
    function state(uint256 word) internal pure returns (uint256) {
        return uint8(word >> STATUS);
    }

    function isPending(uint256 word) internal pure returns (bool) {
        return state(word) == uint256(IMarketTypes.ListingStatus.PENDING);
    }

    function isApproved(uint256 word) internal pure returns (bool) {
        return state(word) == uint256(IMarketTypes.ListingStatus.APPROVED);
    }

    function votes(uint256 word) internal pure returns (uint256) {
        return word >> VOTES;
    }

    function withPrice(uint256 word, uint64 price_) internal pure returns (uint256) {
        return word & ~uint256(type(uint64).max) | price_;
    }

    function withPurposes(uint256 word, uint32 purposes_) internal pure returns (uint256) {
        return word & ~(uint256(type(uint32).max) << PURPOSES) | uint256(purposes_) << PURPOSES;
    }

    function withStatus(uint256 word, IMarketTypes.ListingStatus status_) internal pure returns (uint256) {
        return word & ~(uint256(type(uint8).max) << STATUS) | uint256(status_) << STATUS;
    }

    /// @param votes_ at most 152 bits
    /// @param state_ number of a status
    function withVotesAndState(uint256 word, uint256 votes_, uint256 state_) internal pure returns (uint256) {
        return word & ((1 << STATUS) - 1) | state_ << STATUS | votes_ << VOTES;
    }

    /// @param votes_ at most 152 bits
    function withVotes(uint256 word, uint256 votes_) internal pure returns (uint256) {
        return word & ((1 << VOTES) - 1) | votes_ << VOTES;
    }
}
