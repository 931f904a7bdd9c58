// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IListings} from "./interfaces/IListings.sol";
import {Hash} from "./libraries/Hash.sol";
import {ListingWord} from "./libraries/ListingWord.sol";
import {PackedListings} from "./libraries/PackedListings.sol";
import {Roles} from "./libraries/Roles.sol";
import {StoredWord} from "./libraries/StoredWord.sol";
import {WordArray} from "./libraries/WordArray.sol";
import {MarketClock} from "./MarketClock.sol";
import {Registry} from "./Registry.sol";

abstract contract Listings is MarketClock, Registry, EIP712, Nonces, IListings {
    using PackedListings for PackedListing;

    bytes32 private constant LISTING_CONSENT_TYPEHASH =
        keccak256("ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)");
    bytes32 private constant LISTING_BATCH_TYPEHASH = keccak256(
        "ListingBatch(ListingConsent[] consents)ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)"
    );
    bytes32 private constant DELIST_TYPEHASH = keccak256("Delist(bytes32 listingId,uint256 deadline)");
    bytes32 private constant REPRICE_TYPEHASH =
        keccak256("Reprice(bytes32 listingId,uint64 price,uint256 nonce,uint256 deadline)");
    bytes32 private constant NARROW_CONSENT_TYPEHASH =
        keccak256("NarrowConsent(bytes32 listingId,uint32 purposes,uint256 deadline)");

    /// @dev See libraries/ListingWord.sol.
    mapping(bytes32 listingId => StoredWord) internal _listings;

    function list(ListingTerms calldata terms, Offer calldata offer, uint256 deadline, bytes calldata consent)
        external
        returns (bytes32 listingId)
    {
        _requireSubmission(terms.provider);
        bytes32 structHash;
        (listingId, structHash) = _open(terms.provider, PackedListings.pack(terms, offer), deadline);
        _requireSignature(terms.provider, structHash, deadline, consent);
    }

    function listBatch(address provider, PackedListing[] calldata listings, uint256 deadline, bytes calldata consent)
        external
    {
        if (listings.length == 0) revert InvalidArgument("listings");
        _requireSubmission(provider);
        bytes32[] memory consents = WordArray.create(listings.length);
        PackedListing memory packed;
        for (uint256 i; i < listings.length; ++i) {
            packed.load(listings[i]);
            (, bytes32 consentHash) = _open(provider, packed, deadline);
            WordArray.set(consents, i, consentHash);
        }
        bytes32 structHash = keccak256(abi.encode(LISTING_BATCH_TYPEHASH, keccak256(abi.encodePacked(consents))));
        _requireSignature(provider, structHash, deadline, consent);
    }

    function delist(ListingTerms calldata terms) external {
        _requireCaller(controllerOf(terms));
        _delist(listingIdOf(terms));
    }

    function delistBySignature(ListingTerms calldata terms, uint256 deadline, bytes calldata signature) external {
        bytes32 listingId = listingIdOf(terms);
        bytes32 structHash = keccak256(abi.encode(DELIST_TYPEHASH, listingId, deadline));
        _requireSignature(controllerOf(terms), structHash, deadline, signature);
        _delist(listingId);
    }

    function reprice(ListingTerms calldata terms, uint64 price) external {
        _requireCaller(controllerOf(terms));
        _reprice(terms, listingIdOf(terms), price);
    }

    function repriceBySignature(ListingTerms calldata terms, uint64 price, uint256 deadline, bytes calldata signature)
        external
    {
        bytes32 listingId = listingIdOf(terms);
        address controller = controllerOf(terms);
        // Numbered, since an older price could be sent again otherwise.
        bytes32 structHash =
            keccak256(abi.encode(REPRICE_TYPEHASH, listingId, price, _useNonce(controller), deadline));
        _requireSignature(controller, structHash, deadline, signature);
        _reprice(terms, listingId, price);
    }

    function narrowConsent(ListingTerms calldata terms, uint32 purposes) external {
        _requireCaller(controllerOf(terms));
        _narrowConsent(listingIdOf(terms), purposes);
    }

    function narrowConsentBySignature(
        ListingTerms calldata terms,
        uint32 purposes,
        uint256 deadline,
        bytes calldata signature
    ) external {
        bytes32 listingId = listingIdOf(terms);
        bytes32 structHash = keccak256(abi.encode(NARROW_CONSENT_TYPEHASH, listingId, purposes, deadline));
        _requireSignature(controllerOf(terms), structHash, deadline, signature);
        _narrowConsent(listingId, purposes);
    }

    function listing(bytes32 listingId) external view returns (Listing memory) {
        return ListingWord.unpack(_listings[listingId].value);
    }

    function listingIdOf(ListingTerms calldata terms) public pure returns (bytes32) {
        return PackedListings.idOf(terms);
    }

    function controllerOf(ListingTerms calldata terms) public pure returns (address) {
        return terms.provider == address(0) ? terms.payee : terms.provider;
    }

    /// @dev The caller must be a relayer, the provider a provider, both accredited now.
    function _requireSubmission(address provider) private view {
        _runningTime();
        _requireRole(msg.sender, Roles.RELAYER);
        if (provider == address(0)) revert AnonymousNeedsRing();
        _requireRole(provider, Roles.PROVIDER);
    }

    function _requireNotAfter(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
    }

    /// @dev Checks terms and offer and opens the listing. The caller checks who may, before or after.
    /// @return listingId the id of the terms
    /// @return structHash what consents to listing them like this until the deadline
    function _open(address provider, PackedListing memory packed, uint256 deadline)
        internal
        returns (bytes32 listingId, bytes32 structHash)
    {
        listingId = PackedListings.idOf(provider, packed);
        if (!packed.isWellFormed()) packed.refuse(proofVerifier);
        StoredWord storage word = _listings[listingId];
        if (word.value != 0) revert ListingExists(listingId);
        bytes32 previousId = packed.previousId;
        if (previousId != 0) {
            ListingStatus previous = ListingWord.status(_listings[previousId].value);
            if (previous != ListingStatus.REJECTED && previous != ListingStatus.DELISTED) {
                revert ListingStatusIs(previousId, previous);
            }
        }
        uint64 price = packed.priceOf();
        uint32 purposes = packed.purposesOf();
        word.value = ListingWord.pack(price, purposes, ListingStatus.PENDING);
        packed.announce(listingId, provider);
        structHash = Hash.words(
            LISTING_CONSENT_TYPEHASH, listingId, bytes32(uint256(price)), bytes32(uint256(purposes)), bytes32(deadline)
        );
    }

    /// @param deadline last second at which the signature may be used
    function _requireSignature(address signer, bytes32 structHash, uint256 deadline, bytes calldata signature)
        internal
        view
    {
        _requireNotAfter(deadline);
        bytes32 digest = _hashTypedDataV4(structHash);
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return;
        // Tried second, since looking at an account's code costs more than recovering a signature.
        if (signer.code.length == 0 || !SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) {
            revert InvalidSignature(signer);
        }
    }

    function _requireCaller(address controller) internal view {
        if (msg.sender != controller) revert NotController(msg.sender, controller);
    }

    function _delist(bytes32 listingId) private {
        StoredWord storage word = _requireOpen(listingId);
        word.value = ListingWord.withStatus(word.value, ListingStatus.DELISTED);
        emit Delisted(listingId);
    }

    function _reprice(ListingTerms calldata terms, bytes32 listingId, uint64 price) private {
        if (terms.provider != address(0)) _requireRole(terms.provider, Roles.PROVIDER);
        if (price == 0) revert InvalidTerms("price");
        StoredWord storage word = _requireOpen(listingId);
        word.value = ListingWord.withPrice(word.value, price);
        emit Repriced(listingId, price);
    }

    function _narrowConsent(bytes32 listingId, uint32 purposes) private {
        StoredWord storage word = _requireOpen(listingId);
        uint32 current = ListingWord.purposes(word.value);
        if (purposes == 0 || purposes == current || purposes & ~current != 0) revert NotNarrower(current, purposes);
        word.value = ListingWord.withPurposes(word.value, purposes);
        emit ConsentNarrowed(listingId, purposes);
    }

    function _requireOpen(bytes32 listingId) private view returns (StoredWord storage word) {
        word = _listings[listingId];
        ListingStatus status = ListingWord.status(word.value);
        if (status != ListingStatus.PENDING && status != ListingStatus.APPROVED) revert ListingStatusIs(listingId, status);
    }
}
