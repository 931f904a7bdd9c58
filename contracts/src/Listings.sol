// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IListings} from "./interfaces/IListings.sol";
import {ListingWord} from "./libraries/ListingWord.sol";
import {Roles} from "./libraries/Roles.sol";
import {MarketClock} from "./MarketClock.sol";
import {Registry} from "./Registry.sol";

abstract contract Listings is MarketClock, Registry, EIP712, Nonces, IListings {
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
    mapping(bytes32 listingId => uint256 word) internal _listings;

    function list(ListingTerms calldata terms, Offer calldata offer, uint256 deadline, bytes calldata consent)
        external
        returns (bytes32 listingId)
    {
        _requireSubmission(terms.provider);
        bytes32 structHash;
        (listingId, structHash) = _consent(terms, offer, deadline);
        _requireSignature(terms.provider, structHash, deadline, consent);
        _open(listingId, terms, offer);
    }

    function listBatch(ListingTerms[] calldata terms, Offer[] calldata offers, uint256 deadline, bytes calldata consent)
        external
    {
        if (terms.length == 0 || terms.length != offers.length) revert InvalidArgument("terms");
        address provider = terms[0].provider;
        _requireSubmission(provider);
        bytes32[] memory consents = new bytes32[](terms.length);
        for (uint256 i; i < consents.length; ++i) {
            if (terms[i].provider != provider) revert InvalidTerms("provider");
            bytes32 listingId;
            (listingId, consents[i]) = _consent(terms[i], offers[i], deadline);
            _open(listingId, terms[i], offers[i]);
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
        return ListingWord.unpack(_listings[listingId]);
    }

    function listingIdOf(ListingTerms calldata terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    function controllerOf(ListingTerms calldata terms) public pure returns (address) {
        return terms.provider == address(0) ? terms.payee : terms.provider;
    }

    /// @return listingId the id of the terms
    /// @return structHash what consents to listing them like this until the deadline
    function _consent(ListingTerms calldata terms, Offer calldata offer, uint256 deadline)
        internal
        pure
        returns (bytes32 listingId, bytes32 structHash)
    {
        listingId = listingIdOf(terms);
        structHash = keccak256(abi.encode(LISTING_CONSENT_TYPEHASH, listingId, offer.price, offer.purposes, deadline));
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

    /// @dev Checks the terms and opens the listing. The caller has checked who may.
    function _open(bytes32 listingId, ListingTerms calldata terms, Offer calldata offer) internal {
        _requireWellFormed(terms, offer);
        if (_listings[listingId] != 0) revert ListingExists(listingId);
        if (terms.previousId != 0) {
            ListingStatus previous = ListingWord.status(_listings[terms.previousId]);
            if (previous != ListingStatus.REJECTED && previous != ListingStatus.DELISTED) {
                revert ListingStatusIs(terms.previousId, previous);
            }
        }
        _listings[listingId] = ListingWord.pack(offer.price, offer.purposes, ListingStatus.PENDING);
        emit Listed(listingId, terms.provider, terms.dataKind, terms, offer);
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
        _listings[listingId] = ListingWord.withStatus(_requireOpen(listingId), ListingStatus.DELISTED);
        emit Delisted(listingId);
    }

    function _reprice(ListingTerms calldata terms, bytes32 listingId, uint64 price) private {
        if (terms.provider != address(0)) _requireRole(terms.provider, Roles.PROVIDER);
        if (price == 0) revert InvalidTerms("price");
        _listings[listingId] = ListingWord.withPrice(_requireOpen(listingId), price);
        emit Repriced(listingId, price);
    }

    function _narrowConsent(bytes32 listingId, uint32 purposes) private {
        uint256 word = _requireOpen(listingId);
        uint32 current = ListingWord.purposes(word);
        if (purposes == 0 || purposes == current || purposes & ~current != 0) revert NotNarrower(current, purposes);
        _listings[listingId] = ListingWord.withPurposes(word, purposes);
        emit ConsentNarrowed(listingId, purposes);
    }

    function _requireOpen(bytes32 listingId) private view returns (uint256 word) {
        word = _listings[listingId];
        ListingStatus status = ListingWord.status(word);
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
