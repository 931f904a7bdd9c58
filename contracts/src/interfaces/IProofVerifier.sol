// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";
import {IRegistry} from "./IRegistry.sol";
import {RingSignature} from "../libraries/RingSignature.sol";

/// @title The market's arithmetic
/// @notice Checks that need no state of the market (arguments, rings, Merkle paths), in a contract of their own that the
/// market creates, for its size.
interface IProofVerifier {
    /// @notice 2 to 32 points of the curve by strictly rising x; `member` is the first that is wrong, or the number of
    /// coordinates.
    error InvalidRing(uint256 member);

    /// @notice Reverts with IRegistry.InvalidRegistration if a field is zero or out of range.
    function checkRegistration(IRegistry.Registration calldata registration) external view;

    /// @notice Reverts with IListings.InvalidTerms for the first term or part of the offer that is missing, or else for the
    /// quantiles. For listings that were found to be malformed.
    function refuseListing(IMarketTypes.PackedListing calldata listing) external pure;

    /// @notice Checks a ring and keeps it as the code of a contract.
    /// @param points x and y of each member
    /// @return ringHash keccak256 of the coordinates, 32 bytes each
    /// @return store where they are kept
    function storeRing(uint256[] calldata points) external returns (bytes32 ringHash, address store);

    /// @notice Checks a ring signature for the contract that calls.
    /// @param store where the ring is kept
    function verifyRing(bytes32 message, bytes32 scope, address store, RingSignature.Signature calldata signature)
        external
        view
        returns (bool);

    /// @notice Checks an audit path of RFC 6962. Arguments: see libraries/Rfc6962.sol.
    function includes(bytes32 root, bytes32 leaf, uint64 index, uint64 size, bytes32[] calldata path)
        external
        pure
        returns (bool);
}
