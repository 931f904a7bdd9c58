// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev One word of storage that is packed by hand. A struct, so that its place is reckoned once for reading and writing.
struct StoredWord {
    uint256 value;
}
