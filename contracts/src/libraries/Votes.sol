// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Up to eight votes in 152 bits: 19 bits each, first in the lowest bits, and no gaps. A vote is
/// slot (5 bits) | generation (13 bits) << 5 | approve << 18. Generations start at 1, so 0 marks the end.
library Votes {
    uint256 internal constant WIDTH = 19;
    uint256 private constant MASK = (1 << WIDTH) - 1;
    uint256 private constant APPROVE = 1 << 18;
    /// @dev With at most `MAX_QUORUM - 1` live votes of each kind, one more always fits: 3 + 3 + 1 ≤ 8.
    uint8 internal constant MAX_QUORUM = 4;
    uint8 internal constant SLOTS = 32;
    uint16 internal constant MAX_GENERATION = (1 << 13) - 1;

    /// @param head first word of the auditor's `Participant`: slot at bit 24, generation at bit 32
    function pack(uint256 head, bool approve) internal pure returns (uint256) {
        return (head >> 24) & 31 | ((head >> 32) & MAX_GENERATION) << 5 | (approve ? APPROVE : 0);
    }

    /// @return the first vote of a list
    function first(uint256 votes) internal pure returns (uint256) {
        return votes & MASK;
    }

    /// @return the list without its first vote
    function rest(uint256 votes) internal pure returns (uint256) {
        return votes >> WIDTH;
    }

    function slotOf(uint256 one) internal pure returns (uint8) {
        return uint8(one & 31);
    }

    function generationOf(uint256 one) internal pure returns (uint16) {
        return uint16((one >> 5) & MAX_GENERATION);
    }

    function isApproval(uint256 one) internal pure returns (bool) {
        return one & APPROVE != 0;
    }

    /// @return whether both are of the same auditor: same slot, same generation
    function sameAuditor(uint256 a, uint256 b) internal pure returns (bool) {
        return (a ^ b) & (APPROVE - 1) == 0;
    }

    /// @return whether the vote's auditor has a vote on the list
    function has(uint256 votes, uint256 one) internal pure returns (bool) {
        for (; votes != 0; votes = rest(votes)) {
            if (sameAuditor(first(votes), one)) return true;
        }
        return false;
    }

    /// @return the list with one more vote, at its beginning
    function prepend(uint256 votes, uint256 one) internal pure returns (uint256) {
        return votes << WIDTH | one;
    }
}
