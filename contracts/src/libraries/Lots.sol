// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Draws without replacement: each candidate has a lot, and the smallest lots win. Who comes or goes among the
/// candidates changes nothing for the others but the place that it takes or leaves.
library Lots {
    /// @param lots the smallest so far, rising
    /// @param items whose they are
    /// @param count how many of them are taken
    struct Urn {
        uint256[] lots;
        uint256[] items;
        uint256 count;
    }

    /// @param places how many win
    function create(uint256 places) internal pure returns (Urn memory urn) {
        (urn.lots, urn.items) = (new uint256[](places), new uint256[](places));
    }

    function put(Urn memory urn, uint256 lot, uint256 item) internal pure {
        uint256 place = urn.count;
        if (place < urn.lots.length) ++urn.count;
        else if (urn.lots[--place] <= lot) return;
        for (; place > 0 && urn.lots[place - 1] > lot; --place) {
            (urn.lots[place], urn.items[place]) = (urn.lots[place - 1], urn.items[place - 1]);
        }
        (urn.lots[place], urn.items[place]) = (lot, item);
    }
}
