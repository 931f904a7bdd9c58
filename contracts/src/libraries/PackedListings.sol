// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../interfaces/IListings.sol";
import {IMarketTypes} from "../interfaces/IMarketTypes.sol";
import {IProofVerifier} from "../interfaces/IProofVerifier.sol";

/// @dev Ids of terms, and listings in the ten words that are told of them: by hand, for a third of the compiler's gas.
/// Like the compiler's own reading, all revert (without a reason) on a value that is wider than its type: so an id has one
/// preimage.
library PackedListings {
    uint256 private constant PURPOSES = 184;
    /// @dev Where the used bits of `sale` end.
    uint256 private constant SALE = 216;

    /// @return id `keccak256(abi.encode(terms))`
    function idOf(IMarketTypes.ListingTerms calldata terms) internal pure returns (bytes32 id) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, 0x160)
            let wide := or(shr(160, mload(free)), shr(160, mload(add(free, 0x20)))) // provider, payee
            wide := or(wide, shr(8, mload(add(free, 0x120)))) // dataKind
            wide := or(wide, shr(16, mload(add(free, 0x140)))) // region
            if wide { revert(0, 0) }
            id := keccak256(free, 0x160)
        }
    }

    /// @return id `keccak256(abi.encode(terms))` of the terms that are packed
    function idOf(address provider, IMarketTypes.PackedListing memory packed) internal pure returns (bytes32 id) {
        assembly ("memory-safe") {
            let sale := mload(packed)
            if shr(SALE, sale) { revert(0, 0) }
            let free := mload(0x40)
            mstore(free, shr(96, shl(96, provider)))
            mcopy(add(free, 0x20), packed, 0x100)
            mstore(add(free, 0x20), shr(96, shl(96, sale))) // payee
            mstore(add(free, 0x120), and(shr(160, sale), 0xff)) // dataKind
            mstore(add(free, 0x140), and(shr(168, sale), 0xffff)) // region
            id := keccak256(free, 0x160)
        }
    }

    function pack(IMarketTypes.ListingTerms calldata terms, IMarketTypes.Offer calldata offer)
        internal
        pure
        returns (IMarketTypes.PackedListing memory packed)
    {
        assembly ("memory-safe") {
            let payee := calldataload(add(terms, 0x20))
            let dataKind := calldataload(add(terms, 0x120))
            let region := calldataload(add(terms, 0x140))
            let p10 := calldataload(add(offer, 0x20))
            let p50 := calldataload(add(offer, 0x40))
            let p90 := calldataload(add(offer, 0x60))
            let purposes := calldataload(add(offer, 0x80))
            let price := calldataload(add(offer, 0xa0))
            let wide := or(or(shr(160, payee), shr(8, dataKind)), or(shr(16, region), shr(32, purposes)))
            if or(wide, shr(64, or(or(price, p10), or(p50, p90)))) { revert(0, 0) }
            mstore(packed, or(or(payee, shl(160, dataKind)), or(shl(168, region), shl(PURPOSES, purposes))))
            calldatacopy(add(packed, 0x20), add(terms, 0x40), 0xe0) // contentHash to previousId
            mstore(add(packed, 0x100), or(or(price, shl(64, p10)), or(shl(128, p50), shl(192, p90))))
            mstore(add(packed, 0x120), calldataload(offer)) // modelHash
        }
    }

    /// @dev Overwrites `packed`, so that a batch needs one.
    function load(IMarketTypes.PackedListing memory packed, IMarketTypes.PackedListing calldata source) internal pure {
        assembly ("memory-safe") {
            calldatacopy(packed, source, 0x140)
        }
    }

    function priceOf(IMarketTypes.PackedListing memory packed) internal pure returns (uint64) {
        return uint64(packed.prices);
    }

    function purposesOf(IMarketTypes.PackedListing memory packed) internal pure returns (uint32) {
        return uint32(packed.sale >> PURPOSES);
    }

    /// @return good whether everything is there that must be, and the quantiles are in order
    function isWellFormed(IMarketTypes.PackedListing memory packed) internal pure returns (bool good) {
        assembly ("memory-safe") {
            let sale := mload(packed)
            let bad := or(iszero(shl(96, sale)), iszero(and(shr(160, sale), 0xff))) // payee, dataKind
            bad := or(bad, iszero(shr(PURPOSES, sale)))
            bad := or(bad, iszero(mload(add(packed, 0x20)))) // contentHash
            bad := or(bad, iszero(mload(add(packed, 0x40)))) // plaintextRoot
            bad := or(bad, iszero(mload(add(packed, 0x60)))) // ciphertextRoot
            bad := or(bad, iszero(mload(add(packed, 0x80)))) // keyCommitment
            bad := or(bad, iszero(mload(add(packed, 0xa0)))) // metadataHash
            bad := or(bad, iszero(mload(add(packed, 0xc0)))) // legalEvidenceHash
            let prices := mload(add(packed, 0x100))
            bad := or(bad, iszero(shl(192, prices))) // price
            let p50 := and(shr(128, prices), 0xffffffffffffffff)
            bad := or(bad, or(gt(and(shr(64, prices), 0xffffffffffffffff), p50), gt(p50, shr(192, prices))))
            good := iszero(bad)
        }
    }

    /// @dev Reverts with what the verifier finds malformed: to say it here would take 1 kB of a contract near its size limit.
    function refuse(IMarketTypes.PackedListing memory packed, IProofVerifier verifier) internal view {
        bytes4 selector = IProofVerifier.refuseListing.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mcopy(add(free, 0x04), packed, 0x140)
            pop(staticcall(gas(), verifier, free, 0x144, 0, 0))
            returndatacopy(free, 0, returndatasize())
            revert(free, returndatasize())
        }
    }

    /// @dev `emit Listed(listingId, provider, packed)`
    function announce(IMarketTypes.PackedListing memory packed, bytes32 listingId, address provider) internal {
        bytes32 topic = IListings.Listed.selector;
        assembly ("memory-safe") {
            log3(packed, 0x140, topic, listingId, shr(96, shl(96, provider)))
        }
    }
}
