// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Anchors of the access log
interface IAccessLog is IMarketTypes {
    /// @notice A batch of the access log was anchored as number `index`: `count` entries, the first and the last at these
    /// Unix times (seconds).
    event AccessAnchored(uint64 indexed index, bytes32 root, uint32 count, uint40 firstTime, uint40 lastTime);

    /// @notice An access happened. The hash is that of its record in the log (docs/delivery.md): salted, so that it tells nobody
    /// who read what, and shows what the record was to those whom the platform gives it.
    /// @param number of the access, from 1, without gaps
    event AccessTold(uint64 indexed number, bytes32 hash);

    /// @notice The batch was anchored before, as number `index`.
    error AlreadyAnchored(bytes32 root, uint64 index);
    /// @notice The batch is empty, has no root, or its times are not in order or lie in the future.
    error InvalidAnchor(bytes32 root);
    /// @notice The next access to tell is number `expected`: a lower one was told before, a higher one would leave a gap.
    error AccessOutOfOrder(uint64 first, uint64 expected);

    /// @notice Anchors the Merkle root of one batch of the access log. Anchorer only, accredited now.
    /// @dev Reverts with NotAccredited, InvalidAnchor, AlreadyAnchored.
    /// @param count entries in the batch
    /// @param firstTime when the first entry was made
    /// @param lastTime when the last entry was made
    /// @return index number of the batch, from 1
    function anchorAccess(bytes32 root, uint32 count, uint40 firstTime, uint40 lastTime) external returns (uint64 index);

    /// @notice Tells accesses one by one, each as an event. Anchorer only, accredited now.
    /// @dev Reverts with NotAccredited, AccessOutOfOrder. Sent twice it has one effect. No accesses change nothing.
    /// @param first number of the first of them: one more than `accessesTold`
    /// @param hashes of the accesses' records, in the order of the log
    function tellAccesses(uint64 first, bytes32[] calldata hashes) external;

    /// @return number of the last access that was told; 0 before the first
    function accessesTold() external view returns (uint64 number);

    /// @return index number of the batch with this root; 0 if there is none
    function anchorIndexOf(bytes32 root) external view returns (uint64 index);

    /// @return how many batches were anchored
    function anchorCount() external view returns (uint64);
}
