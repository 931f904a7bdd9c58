// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Batches of listings, and how strict packed listings are.
contract BatchListingTest is Fixture {
    event Listed(bytes32 indexed listingId, address indexed provider, IMarketTypes.PackedListing listing);

    function test_listsABatchWithOneConsent() public {
        (IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers) = _batch(3);
        bytes memory consent = _batchConsent(terms, offers);
        for (uint256 i; i < 3; ++i) {
            vm.expectEmit(true, true, true, true, address(market));
            emit Listed(keccak256(abi.encode(terms[i])), provider, _pack(terms[i], offers[i]));
        }
        vm.prank(relayer);
        market.listBatch(provider, _packed(terms, offers), START, consent);
        for (uint256 i; i < 3; ++i) {
            IListings.Listing memory stored = market.listing(market.listingIdOf(terms[i]));
            same(uint256(stored.status), 1, "pending");
            same(stored.price, PRICE + i, "price");
            same(stored.purposes, PURPOSES, "purposes");
        }
    }

    function test_aBatchIsOneProvidersAndAllOrNothing() public {
        (IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers) = _batch(3);
        bytes memory consent = _batchConsent(terms, offers);
        IMarketTypes.PackedListing[] memory packed = _packed(terms, offers);
        vm.startPrank(relayer);
        offers[1].price += 1;
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.listBatch(provider, _packed(terms, offers), START, consent);
        offers[1].price -= 1;
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.DeadlinePassed.selector, START));
        market.listBatch(provider, packed, START, consent);
        vm.warp(START);
        vm.expectRevert(_notAccredited(stranger, Roles.PROVIDER));
        market.listBatch(stranger, packed, START, consent);
        vm.expectRevert(abi.encodeWithSelector(IListings.AnonymousNeedsRing.selector));
        market.listBatch(address(0), packed, START, consent);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "listings"));
        market.listBatch(provider, new IMarketTypes.PackedListing[](0), START, consent);
        vm.stopPrank();
        vm.expectRevert(_notAccredited(address(this), Roles.RELAYER));
        market.listBatch(provider, packed, START, consent);
        _revoke(provider);
        vm.prank(relayer);
        vm.expectRevert(_notAccredited(provider, Roles.PROVIDER));
        market.listBatch(provider, packed, START, consent);
    }

    /// A batch opens what `list` opens, under the same id, and refuses what it refuses, for the same reason.
    function testFuzz_aBatchIsAsStrictAsOne(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer, uint8 flaw) public {
        terms.provider = provider;
        terms.previousId = 0;
        if (terms.payee == address(0)) terms.payee = payee;
        (offer.p10, offer.p50, offer.p90) = (offer.p10 / 3, offer.p10 / 3 + offer.p50 / 3, offer.p10 / 3 + offer.p50 / 3 + offer.p90 / 3);
        offer.price |= 1;
        offer.purposes |= 1;
        terms.dataKind |= 1;
        if (terms.contentHash == 0) terms.contentHash = "c";
        if (terms.plaintextRoot == 0) terms.plaintextRoot = "p";
        if (terms.ciphertextRoot == 0) terms.ciphertextRoot = "x";
        if (terms.keyCommitment == 0) terms.keyCommitment = "k";
        if (terms.metadataHash == 0) terms.metadataHash = "m";
        if (terms.legalEvidenceHash == 0) terms.legalEvidenceHash = "l";
        flaw %= 16;
        if (flaw == 1) terms.payee = address(0);
        if (flaw == 2) terms.contentHash = 0;
        if (flaw == 3) terms.plaintextRoot = 0;
        if (flaw == 4) terms.ciphertextRoot = 0;
        if (flaw == 5) terms.keyCommitment = 0;
        if (flaw == 6) terms.metadataHash = 0;
        if (flaw == 7) terms.legalEvidenceHash = 0;
        if (flaw == 8) terms.dataKind = 0;
        if (flaw == 9) offer.price = 0;
        if (flaw == 10) offer.purposes = 0;
        if (flaw == 11) (offer.p10, offer.p50) = (offer.p50 + 1, offer.p50);
        if (flaw == 12) (offer.p50, offer.p90) = (offer.p90 + 1, offer.p90);
        string[13] memory fields = ["", "payee", "contentHash", "plaintextRoot", "ciphertextRoot", "keyCommitment", "metadataHash", "legalEvidenceHash", "dataKind", "price", "purposes", "quantiles", "quantiles"];
        IMarketTypes.ListingTerms[] memory one = new IMarketTypes.ListingTerms[](1);
        IMarketTypes.Offer[] memory offers = new IMarketTypes.Offer[](1);
        (one[0], offers[0]) = (terms, offer);
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(terms, offer, START));
        bytes memory batchConsent = _batchConsent(one, offers);
        bytes memory refused = flaw >= 1 && flaw <= 12 ? abi.encodeWithSelector(IListings.InvalidTerms.selector, fields[flaw]) : bytes("");
        vm.startPrank(relayer);
        if (refused.length != 0) {
            vm.expectRevert(refused);
            market.list(terms, offer, START, consent);
            vm.expectRevert(refused);
            market.listBatch(provider, _packed(one, offers), START, batchConsent);
        } else {
            vm.expectEmit(true, true, true, true, address(market));
            emit Listed(keccak256(abi.encode(terms)), provider, _pack(terms, offer));
            if (flaw % 2 == 0) market.listBatch(provider, _packed(one, offers), START, batchConsent);
            else market.list(terms, offer, START, consent);
            IListings.Listing memory stored = market.listing(keccak256(abi.encode(terms)));
            same(stored.price, offer.price, "price");
            same(stored.purposes, offer.purposes, "purposes");
            same(uint256(stored.status), 1, "pending");
        }
        vm.stopPrank();
    }

    /// Otherwise terms that look the same would have many ids.
    function test_whatIsWiderThanItsTypeIsRefused() public {
        (IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers) = _batch(1);
        bytes memory list = abi.encodeCall(market.list, (terms[0], offers[0], START, _sign(PROVIDER_KEY, _consentHash(terms[0], offers[0], START))));
        // provider, payee, dataKind, region; p10, p50, p90, purposes, price
        uint8[9] memory words = [0, 1, 9, 10, 12, 13, 14, 15, 16];
        uint8[9] memory bits = [160, 160, 8, 16, 64, 64, 64, 32, 64];
        vm.startPrank(relayer);
        for (uint256 i; i < 9; ++i) {
            for (uint256 bit = bits[i]; bit < 256; bit += 255 - bits[i]) {
                (bool success, bytes memory answer) = address(market).call(_withBit(list, words[i], bit));
                check(!success && answer.length == 0, "a wide value");
                if (i > 3) continue;
                (success, answer) = address(market).call(_withBit(abi.encodeCall(market.listingIdOf, (terms[0])), words[i], bit));
                check(!success && answer.length == 0, "a wide term");
            }
        }
        bytes memory batch = abi.encodeCall(market.listBatch, (provider, _packed(terms, offers), START, _batchConsent(terms, offers)));
        for (uint256 bit = 216; bit < 256; ++bit) {
            // After provider, two offsets, deadline and length.
            (bool success, bytes memory answer) = address(market).call(_withBit(batch, 5, bit));
            check(!success && answer.length == 0, "bits that mean nothing");
        }
        (bool opened,) = address(market).call(batch);
        check(opened, "what was changed was all that was wrong");
        vm.stopPrank();
    }

    function test_whatIsAsWideAsItsTypeIsTaken() public {
        (IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers) = _batch(2);
        for (uint256 i; i < 2; ++i) {
            terms[i].payee = address(type(uint160).max);
            terms[i].dataKind = type(uint8).max;
            terms[i].region = type(uint16).max;
            offers[i] = IMarketTypes.Offer({
                modelHash: bytes32(type(uint256).max),
                p10: type(uint64).max,
                p50: type(uint64).max,
                p90: type(uint64).max,
                purposes: type(uint32).max,
                price: type(uint64).max
            });
        }
        vm.startPrank(relayer);
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(terms[0], offers[0], START));
        vm.expectEmit(true, true, true, true, address(market));
        emit Listed(keccak256(abi.encode(terms[0])), provider, _pack(terms[0], offers[0]));
        market.list(terms[0], offers[0], START, consent);
        (terms[0], offers[0]) = (terms[1], offers[1]);
        assembly ("memory-safe") {
            mstore(terms, 1)
            mstore(offers, 1)
        }
        consent = _batchConsent(terms, offers);
        vm.expectEmit(true, true, true, true, address(market));
        emit Listed(keccak256(abi.encode(terms[0])), provider, _pack(terms[0], offers[0]));
        market.listBatch(provider, _packed(terms, offers), START, consent);
        vm.stopPrank();
        IListings.Listing memory stored = market.listing(market.listingIdOf(terms[0]));
        same(stored.price, type(uint64).max, "price");
        same(stored.purposes, type(uint32).max, "purposes");
        same(uint256(stored.status), 1, "pending");
    }

    /// Only what is all zeros is missing: here each field has one bit, its lowest or its highest.
    function test_oneBitIsEnough() public {
        for (uint256 top; top < 2; ++top) {
            bytes32 hash = bytes32(uint256(1) << (top * 255));
            IMarketTypes.ListingTerms memory terms = IMarketTypes.ListingTerms({
                provider: provider,
                payee: address(uint160(1) << uint160(top * 159)),
                contentHash: hash,
                plaintextRoot: hash,
                ciphertextRoot: hash,
                keyCommitment: hash,
                metadataHash: hash,
                legalEvidenceHash: hash,
                previousId: 0,
                dataKind: uint8(1) << uint8(top * 7),
                region: 0
            });
            IMarketTypes.Offer memory offer = IMarketTypes.Offer({
                modelHash: 0,
                p10: 0,
                p50: 0,
                p90: 0,
                purposes: uint32(1) << uint32(top * 31),
                price: uint64(1) << uint64(top * 63)
            });
            bytes memory consent = _sign(PROVIDER_KEY, _consentHash(terms, offer, START));
            vm.prank(relayer);
            same(market.list(terms, offer, START, consent), keccak256(abi.encode(terms)), "id");
        }
    }

    function _batch(uint256 count)
        private
        view
        returns (IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers)
    {
        terms = new IMarketTypes.ListingTerms[](count);
        offers = new IMarketTypes.Offer[](count);
        for (uint256 i; i < count; ++i) {
            terms[i] = _terms(i);
            offers[i] = _offer();
            offers[i].price += uint64(i);
        }
    }

    function _packed(IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers)
        private
        pure
        returns (IMarketTypes.PackedListing[] memory packed)
    {
        packed = new IMarketTypes.PackedListing[](terms.length);
        for (uint256 i; i < terms.length; ++i) packed[i] = _pack(terms[i], offers[i]);
    }

    /// @dev A copy of a call with one bit of one word of its arguments turned.
    function _withBit(bytes memory call, uint256 word, uint256 bit) private pure returns (bytes memory copy) {
        copy = abi.encodePacked(call);
        copy[4 + 32 * word + 31 - bit / 8] ^= bytes1(uint8(1 << bit % 8));
    }

    function _batchConsent(IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers)
        private
        view
        returns (bytes memory)
    {
        bytes32[] memory hashes = new bytes32[](terms.length);
        for (uint256 i; i < terms.length; ++i) hashes[i] = _consentHash(terms[i], offers[i], START);
        bytes32 typeHash = keccak256(
            "ListingBatch(ListingConsent[] consents)ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)"
        );
        return _sign(PROVIDER_KEY, keccak256(abi.encode(typeHash, keccak256(abi.encodePacked(hashes)))));
    }
}
