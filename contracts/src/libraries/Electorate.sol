// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Votes} from "./Votes.sol";

/// @dev Who may vote on a listing, in one word: the drawn auditors, packed as a list of votes is (slot | generation <<
/// 5, 19 bits each), or one of two numbers that are no such list.
library Electorate {
    /// @dev Every auditor.
    uint256 internal constant ANYONE = 0;
    /// @dev Slot 1 in generation 0, and generations start at 1.
    uint256 internal constant NOBODY = 1;

    /// @return whether the vote's auditor may vote
    function admits(uint256 electorate, uint256 vote) internal pure returns (bool) {
        return electorate == ANYONE || Votes.has(electorate, vote);
    }
}
