// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev One word of storage that is packed by hand. As a struct, so that a pointer to it is reckoned once for reading and writing.
struct StoredWord {
    uint256 value;
}
