// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IListings} from "./interfaces/IListings.sol";
import {Roles} from "./libraries/Roles.sol";
import {MarketClock} from "./MarketClock.sol";
import {Registry} from "./Registry.sol";

abstract contract Listings is MarketClock, Registry, EIP712, IListings {
    bytes32 private constant LISTING_CONSENT_TYPEHASH =
        keccak256("ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)");

    mapping(bytes32 listingId => Listing) internal _listings;

    function list(ListingTerms calldata terms, Offer calldata offer, uint256 deadline, bytes calldata consent)
        external
        returns (bytes32 listingId)
    {
        _runningTime();
        _requireRole(msg.sender, Roles.RELAYER);
        if (terms.provider == address(0)) revert AnonymousNeedsRing();
        _requireRole(terms.provider, Roles.PROVIDER);
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        listingId = listingIdOf(terms);
        bytes32 structHash =
            keccak256(abi.encode(LISTING_CONSENT_TYPEHASH, listingId, offer.price, offer.purposes, deadline));
        _requireSignature(terms.provider, structHash, consent);
        _open(listingId, terms, offer);
    }

    function delist(ListingTerms calldata terms) external {
        bytes32 listingId = listingIdOf(terms);
        _requireController(terms);
        _requireOpen(listingId).status = ListingStatus.DELISTED;
        emit Delisted(listingId);
    }

    function reprice(ListingTerms calldata terms, uint64 price) external {
        bytes32 listingId = listingIdOf(terms);
        _requireController(terms);
        if (terms.provider != address(0)) _requireRole(terms.provider, Roles.PROVIDER);
        if (price == 0) revert InvalidTerms("price");
        _requireOpen(listingId).price = price;
        emit Repriced(listingId, price);
    }

    function narrowConsent(ListingTerms calldata terms, uint32 purposes) external {
        bytes32 listingId = listingIdOf(terms);
        _requireController(terms);
        Listing storage state = _requireOpen(listingId);
        uint32 current = state.purposes;
        if (purposes == 0 || purposes == current || purposes & ~current != 0) revert NotNarrower(current, purposes);
        state.purposes = purposes;
        emit ConsentNarrowed(listingId, purposes);
    }

    function listing(bytes32 listingId) external view returns (Listing memory) {
        return _listings[listingId];
    }

    function listingIdOf(ListingTerms calldata terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @dev Checks the terms and opens the listing. The caller has checked who may.
    function _open(bytes32 listingId, ListingTerms calldata terms, Offer calldata offer) internal {
        _requireWellFormed(terms, offer);
        if (_listings[listingId].status != ListingStatus.NONE) revert ListingExists(listingId);
        if (terms.previousId != 0) {
            ListingStatus previous = _listings[terms.previousId].status;
            if (previous != ListingStatus.REJECTED && previous != ListingStatus.DELISTED) {
                revert ListingStatusIs(terms.previousId, previous);
            }
        }
        _listings[listingId] =
            Listing({price: offer.price, purposes: offer.purposes, status: ListingStatus.PENDING, votes: 0});
        emit Listed(listingId, terms.provider, terms.dataKind, terms, offer);
    }

    function _requireSignature(address signer, bytes32 structHash, bytes calldata signature) internal view {
        bytes32 digest = _hashTypedDataV4(structHash);
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return;
        // Tried second, since looking at an account's code costs more than recovering a signature.
        if (signer.code.length == 0 || !SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) {
            revert InvalidSignature(signer);
        }
    }

    function _requireController(ListingTerms calldata terms) private view {
        address controller = terms.provider == address(0) ? terms.payee : terms.provider;
        if (msg.sender != controller) revert NotController(msg.sender, controller);
    }

    function _requireOpen(bytes32 listingId) private view returns (Listing storage state) {
        state = _listings[listingId];
        ListingStatus status = state.status;
        if (status != ListingStatus.PENDING && status != ListingStatus.APPROVED) revert ListingStatusIs(listingId, status);
    }

    function _requireWellFormed(ListingTerms calldata terms, Offer calldata offer) private pure {
        if (terms.payee == address(0)) revert InvalidTerms("payee");
        if (terms.contentHash == 0) revert InvalidTerms("contentHash");
        if (terms.plaintextRoot == 0) revert InvalidTerms("plaintextRoot");
        if (terms.ciphertextRoot == 0) revert InvalidTerms("ciphertextRoot");
        if (terms.keyCommitment == 0) revert InvalidTerms("keyCommitment");
        if (terms.metadataHash == 0) revert InvalidTerms("metadataHash");
        if (terms.legalEvidenceHash == 0) revert InvalidTerms("legalEvidenceHash");
        if (terms.dataKind == 0) revert InvalidTerms("dataKind");
        if (offer.price == 0) revert InvalidTerms("price");
        if (offer.purposes == 0) revert InvalidTerms("purposes");
        if (offer.p10 > offer.p50 || offer.p50 > offer.p90) revert InvalidTerms("quantiles");
    }
}
