// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAnonymousListings} from "./interfaces/IAnonymousListings.sol";
import {PackedListings} from "./libraries/PackedListings.sol";
import {RingSignature} from "./libraries/RingSignature.sol";
import {Roles} from "./libraries/Roles.sol";
import {Listings} from "./Listings.sol";

abstract contract AnonymousListings is Listings, IAnonymousListings {
    mapping(bytes32 ringHash => Ring) private _rings;
    mapping(bytes32 keyImage => bytes32 listingId) public listingOfKeyImage;

    function registerRing(uint256[] calldata points, uint16 quota, uint32 epochLength)
        external
        restricted
        returns (bytes32 ringHash)
    {
        if (quota == 0) revert InvalidArgument("quota");
        if (epochLength == 0) revert InvalidArgument("epochLength");
        address store;
        (ringHash, store) = proofVerifier.storeRing(points);
        if (_rings[ringHash].quota != 0) revert RingExists(ringHash);
        _rings[ringHash] = Ring({store: store, quota: quota, used: 0, epochLength: epochLength, epoch: 0});
        emit RingRegistered(ringHash, points, quota, epochLength);
    }

    function revokeRing(bytes32 ringHash) external restricted {
        if (_rings[ringHash].store == address(0)) revert RingUnknown(ringHash);
        _rings[ringHash].store = address(0);
        emit RingRevoked(ringHash);
    }

    function listAnonymously(
        ListingTerms calldata terms,
        Offer calldata offer,
        uint256 deadline,
        bytes32 ringHash,
        RingSignature.Signature calldata signature
    ) external returns (bytes32 listingId) {
        _runningTime();
        _requireRole(msg.sender, Roles.RELAYER);
        if (terms.provider != address(0)) revert NotAnonymous();
        _requireNotAfter(deadline);
        bytes32 message;
        (listingId, message) = _open(address(0), PackedListings.pack(terms, offer), deadline);
        bytes32 scope = keccak256(abi.encode(address(this), terms.contentHash));
        if (!proofVerifier.verifyRing(message, scope, _useRing(ringHash), signature)) {
            revert InvalidRingSignature();
        }
        bytes32 keyImage = keccak256(abi.encode(signature.imageX, signature.imageY));
        bytes32 former = listingOfKeyImage[keyImage];
        // `_open` saw to it that the former listing is rejected or withdrawn.
        if (former != 0 && former != terms.previousId) revert KeyImageUsed(keyImage, former);
        listingOfKeyImage[keyImage] = listingId;
        emit AnonymouslyListed(listingId, ringHash, keyImage);
    }

    function ring(bytes32 ringHash) external view returns (Ring memory) {
        return _rings[ringHash];
    }

    /// @dev Counts one more listing of the ring in this epoch.
    function _useRing(bytes32 ringHash) private returns (address store) {
        Ring storage state = _rings[ringHash];
        store = state.store;
        if (store == address(0)) revert RingUnknown(ringHash);
        uint32 epoch = uint32(block.timestamp / state.epochLength);
        uint16 used = state.epoch == epoch ? state.used : 0;
        if (used == state.quota) revert RingQuotaUsed(ringHash, epoch);
        (state.epoch, state.used) = (epoch, used + 1);
    }
}
