// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Arrays that are filled in order, so they need neither zeros at first nor a check of each index.
library WordArray {
    /// @param length of an array in calldata, so small enough
    /// @return array of that length; what is in it is undefined until it is set
    function create(uint256 length) internal pure returns (bytes32[] memory array) {
        assembly ("memory-safe") {
            array := mload(0x40)
            mstore(array, length)
            mstore(0x40, add(array, shl(5, add(length, 1))))
        }
    }

    /// @param index below the array's length
    function set(bytes32[] memory array, uint256 index, bytes32 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(array, shl(5, add(index, 1))), word)
        }
    }
}
