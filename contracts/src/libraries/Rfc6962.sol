// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Merkle trees of RFC 6962 §2.1, as crypto/merkle makes them: SHA-256, nodes are prefixed with 1.
library Rfc6962 {
    /// @param leaf hash of the leaf
    /// @param index number of the leaf, from 0
    /// @param size leaves in the tree
    /// @param path siblings from the leaf upwards
    /// @return whether the leaf is at its place under the root (the algorithm of RFC 9162 §2.1.3.2)
    function includes(bytes32 root, bytes32 leaf, uint64 index, uint64 size, bytes32[] calldata path)
        internal
        pure
        returns (bool)
    {
        if (index >= size) return false;
        uint64 place = index;
        uint64 last = size - 1;
        bytes32 hash = leaf;
        for (uint256 i; i < path.length; ++i) {
            if (last == 0) return false;
            if (place & 1 == 1 || place == last) {
                hash = sha256(abi.encodePacked(bytes1(0x01), path[i], hash));
                // An only child has no sibling: go up to where it has one.
                while (place & 1 == 0 && place != 0) {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                hash = sha256(abi.encodePacked(bytes1(0x01), hash, path[i]));
            }
            place >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == root;
    }
}
