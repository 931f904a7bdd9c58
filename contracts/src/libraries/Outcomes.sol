// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../interfaces/IMarketTypes.sol";

/// @dev What a call of `voteBySignatures` did to one listing, in 40 bits: its status after it (highest 8), and a mask of the
/// signatures that were counted (32). See IAudit.VotesCounted.
library Outcomes {
    /// @dev Bytes.
    uint256 internal constant WIDTH = 5;
    uint256 private constant STATUS = 32;
    uint256 private constant COUNTED = (1 << STATUS) - 1;

    /// @param state_ number of the listing's status
    function passedOver(uint256 state_) internal pure returns (uint256) {
        return state_ << STATUS;
    }

    function state(uint256 outcome) internal pure returns (uint256) {
        return outcome >> STATUS;
    }

    function counted(uint256 outcome) internal pure returns (uint256) {
        return outcome & COUNTED;
    }

    function withCounted(uint256 outcome, uint256 signature) internal pure returns (uint256) {
        return outcome | 1 << signature;
    }

    function decided(uint256 outcome, IMarketTypes.ListingStatus status_) internal pure returns (uint256) {
        return outcome & COUNTED | uint256(status_) << STATUS;
    }

    /// @dev Writes the outcome of the listing of this number, the others being kept.
    function set(bytes memory outcomes, uint256 index, uint256 outcome) internal pure {
        assembly ("memory-safe") {
            // The last word that ends with this outcome: inside of the array, or of its length and the array.
            let place := add(outcomes, mul(add(index, 1), WIDTH))
            mstore(place, or(mload(place), outcome))
        }
    }
}
