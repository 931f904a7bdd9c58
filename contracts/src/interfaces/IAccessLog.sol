// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Anchors of the access log
interface IAccessLog is IMarketTypes {
    /// @notice A batch of the access log was anchored as number `index`: `count` entries, the first and the last at these
    /// Unix times (seconds).
    event AccessAnchored(uint64 indexed index, bytes32 root, uint32 count, uint40 firstTime, uint40 lastTime);

    /// @notice The batch was anchored before, as number `index`.
    error AlreadyAnchored(bytes32 root, uint64 index);
    /// @notice The batch is empty, has no root, or its times are not in order or lie in the future.
    error InvalidAnchor(bytes32 root);

    /// @notice Anchors the Merkle root of one batch of the access log. Anchorer only, accredited now.
    /// @dev Reverts with NotAccredited, InvalidAnchor, AlreadyAnchored.
    /// @param count entries in the batch
    /// @param firstTime when the first entry was made
    /// @param lastTime when the last entry was made
    /// @return index number of the batch, from 1
    function anchorAccess(bytes32 root, uint32 count, uint40 firstTime, uint40 lastTime) external returns (uint64 index);

    /// @return index number of the batch with this root; 0 if there is none
    function anchorIndexOf(bytes32 root) external view returns (uint64 index);

    /// @return how many batches were anchored
    function anchorCount() external view returns (uint64);
}
