// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../interfaces/IMarketTypes.sol";
import {ITrade} from "../interfaces/ITrade.sol";

/// @dev An order in one word, as the struct `ITrade.Order` would be stored: amount (64 bits, lowest), deadline (40), status (8),
/// commitment (144). By hand, since the compiler writes a packed struct field by field.
library OrderWord {
    uint256 private constant DEADLINE = 64;
    uint256 private constant STATUS = 104;
    uint256 private constant COMMITMENT = 112;

    function pack(uint64 amount_, uint40 deadline_, IMarketTypes.OrderStatus status_, bytes18 commitment)
        internal
        pure
        returns (uint256)
    {
        return uint256(amount_) | uint256(deadline_) << DEADLINE | uint256(status_) << STATUS
            | uint256(uint144(commitment)) << COMMITMENT;
    }

    function unpack(uint256 word) internal pure returns (ITrade.Order memory) {
        return ITrade.Order({
            amount: amount(word),
            deadline: deadline(word),
            status: status(word),
            commitment: bytes18(uint144(word >> COMMITMENT))
        });
    }

    function amount(uint256 word) internal pure returns (uint64) {
        return uint64(word);
    }

    function deadline(uint256 word) internal pure returns (uint40) {
        return uint40(word >> DEADLINE);
    }

    function status(uint256 word) internal pure returns (IMarketTypes.OrderStatus) {
        return IMarketTypes.OrderStatus(uint8(word >> STATUS));
    }

    function withStatus(uint256 word, IMarketTypes.OrderStatus status_) internal pure returns (uint256) {
        return word & ~(uint256(type(uint8).max) << STATUS) | uint256(status_) << STATUS;
    }

    function withDeadline(uint256 word, uint40 deadline_) internal pure returns (uint256) {
        return word & ~(uint256(type(uint40).max) << DEADLINE) | uint256(deadline_) << DEADLINE;
    }
}
