// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev A provider that is a contract: signs by ERC-1271.
contract ContractProvider {
    bytes32 private _accepted;

    function accept(bytes memory signature) external {
        _accepted = keccak256(signature);
    }

    function isValidSignature(bytes32, bytes memory signature) external view returns (bytes4) {
        return keccak256(signature) == _accepted ? this.isValidSignature.selector : bytes4(0);
    }
}

contract ListingsTest is Fixture {
    event Listed(bytes32 indexed listingId, address indexed provider, IMarketTypes.PackedListing listing);
    event Delisted(bytes32 indexed listingId);
    event Repriced(bytes32 indexed listingId, uint64 price);
    event ConsentNarrowed(bytes32 indexed listingId, uint32 purposes);

    function test_listsWithTheProvidersConsent() public {
        IMarketTypes.ListingTerms memory terms = _terms(1);
        bytes32 id = keccak256(abi.encode(terms));
        vm.expectEmit(true, true, true, true, address(market));
        emit Listed(id, provider, _pack(terms, _offer()));
        same(_list(terms, _offer()), id, "id");
        same(market.listingIdOf(terms), id, "listingIdOf");
        IListings.Listing memory stored = market.listing(id);
        same(stored.price, PRICE, "price");
        same(stored.purposes, PURPOSES, "purposes");
        same(uint256(stored.status), uint256(IMarketTypes.ListingStatus.PENDING), "status");
        same(stored.votes, 0, "votes");
    }

    function test_everyTermIsPartOfTheId() public view {
        bytes32[12] memory ids;
        for (uint256 i; i < 12; ++i) {
            IMarketTypes.ListingTerms memory t = _terms(1);
            if (i == 1) t.provider = address(1);
            if (i == 2) t.payee = address(1);
            if (i == 3) t.contentHash = bytes32(uint256(1));
            if (i == 4) t.plaintextRoot = bytes32(uint256(1));
            if (i == 5) t.ciphertextRoot = bytes32(uint256(1));
            if (i == 6) t.keyCommitment = bytes32(uint256(1));
            if (i == 7) t.metadataHash = bytes32(uint256(1));
            if (i == 8) t.legalEvidenceHash = bytes32(uint256(1));
            if (i == 9) t.previousId = bytes32(uint256(1));
            if (i == 10) t.dataKind = 2;
            if (i == 11) t.region = 1;
            ids[i] = market.listingIdOf(t);
            for (uint256 j; j < i; ++j) check(ids[i] != ids[j], "ids differ");
        }
    }

    function test_onlyAnAccreditedRelayerLists() public {
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(_terms(1), _offer(), block.timestamp));
        address[3] memory others = [provider, payee, stranger];
        for (uint256 i; i < 3; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(_notAccredited(others[i], Roles.RELAYER));
            market.list(_terms(1), _offer(), block.timestamp, consent);
        }
        _revoke(relayer);
        vm.prank(relayer);
        vm.expectRevert(_notAccredited(relayer, Roles.RELAYER));
        market.list(_terms(1), _offer(), block.timestamp, consent);
    }

    function test_theProviderMustBeAccreditedNow() public {
        _register(market, provider, Roles.PROVIDER, 0, uint40(START + 1));
        _list(1);
        vm.warp(START + 1);
        _list(2);
        vm.warp(START + 2);
        _refusedList(_terms(3), _notAccredited(provider, Roles.PROVIDER));
    }

    /// The prototype's `list` went round the ring.
    function test_aListingWithoutProviderIsRefused() public {
        IMarketTypes.ListingTerms memory terms = _terms(1);
        terms.provider = address(0);
        _refusedList(terms, abi.encodeWithSelector(IListings.AnonymousNeedsRing.selector));
    }

    function test_theConsentCoversIdPricePurposesAndDeadline() public {
        IMarketTypes.ListingTerms memory terms = _terms(1);
        IMarketTypes.Offer memory offer = _offer();
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(terms, offer, START));
        bytes memory refused = abi.encodeWithSelector(IListings.InvalidSignature.selector, provider);
        vm.startPrank(relayer);
        IMarketTypes.ListingTerms memory otherTerms = _terms(1);
        otherTerms.payee = relayer;
        vm.expectRevert(refused);
        market.list(otherTerms, offer, START, consent);
        IMarketTypes.Offer memory otherOffer = _offer();
        otherOffer.price = 1;
        vm.expectRevert(refused);
        market.list(terms, otherOffer, START, consent);
        otherOffer = _offer();
        otherOffer.purposes = 127;
        vm.expectRevert(refused);
        market.list(terms, otherOffer, START, consent);
        vm.expectRevert(refused);
        market.list(terms, offer, START + 1, consent);
        vm.expectRevert(refused);
        market.list(terms, offer, START, _sign(BUYER_KEY, _consentHash(terms, offer, START)));
        vm.expectRevert(refused);
        market.list(terms, offer, START, "");
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.DeadlinePassed.selector, START));
        market.list(terms, offer, START, consent);
        vm.warp(START);
        market.list(terms, offer, START, consent);
        vm.stopPrank();
    }

    function test_theConsentIsForOneChainAndMarket() public {
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(_terms(1), _offer(), START));
        vm.chainId(5);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.list(_terms(1), _offer(), START, consent);
    }

    function test_aContractConsentsByErc1271() public {
        ContractProvider hospital = new ContractProvider();
        _register(market, address(hospital), Roles.PROVIDER, 0, FAR);
        IMarketTypes.ListingTerms memory terms = _terms(1);
        terms.provider = address(hospital);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, address(hospital)));
        market.list(terms, _offer(), START, "multisig");
        hospital.accept("multisig");
        vm.prank(relayer);
        market.list(terms, _offer(), START, "multisig");
    }

    function test_anIdIsListedOnce() public {
        bytes32 id = _list(1);
        _refusedList(_terms(1), abi.encodeWithSelector(IListings.ListingExists.selector, id));
        vm.prank(provider);
        market.delist(_terms(1));
        _refusedList(_terms(1), abi.encodeWithSelector(IListings.ListingExists.selector, id));
    }

    function test_refusesMalformedTerms() public {
        IMarketTypes.ListingTerms memory t = _terms(1);
        t.payee = address(0);
        _malformed(t, _offer(), "payee");
        t = _terms(1);
        t.contentHash = 0;
        _malformed(t, _offer(), "contentHash");
        t = _terms(1);
        t.plaintextRoot = 0;
        _malformed(t, _offer(), "plaintextRoot");
        t = _terms(1);
        t.ciphertextRoot = 0;
        _malformed(t, _offer(), "ciphertextRoot");
        t = _terms(1);
        t.keyCommitment = 0;
        _malformed(t, _offer(), "keyCommitment");
        t = _terms(1);
        t.metadataHash = 0;
        _malformed(t, _offer(), "metadataHash");
        t = _terms(1);
        t.legalEvidenceHash = 0;
        _malformed(t, _offer(), "legalEvidenceHash");
        t = _terms(1);
        t.dataKind = 0;
        _malformed(t, _offer(), "dataKind");
        // The payee stands next to it in the packed word.
        t.payee = address(type(uint160).max);
        _malformed(t, _offer(), "dataKind");
        IMarketTypes.Offer memory o = _offer();
        o.price = 0;
        _malformed(_terms(1), o, "price");
        o = _offer();
        o.purposes = 0;
        _malformed(_terms(1), o, "purposes");
        t = _terms(1);
        t.region = type(uint16).max;
        _malformed(t, o, "purposes");
        o = _offer();
        o.purposes = 1;
        o.p10 = o.p50 + 1;
        _malformed(_terms(1), o, "quantiles");
        o = _offer();
        o.p10 = o.p50 + 1;
        _malformed(_terms(1), o, "quantiles");
        o = _offer();
        o.p90 = o.p50 - 1;
        _malformed(_terms(1), o, "quantiles");
        o.p10 = o.p50 = o.p90;
        _list(_terms(1), o);
    }

    function test_aNewListingMayReplaceARejectedOrWithdrawnOne() public {
        bytes32 id = _list(1);
        IMarketTypes.ListingTerms memory terms = _terms(2);
        terms.previousId = id;
        _refusedList(terms, abi.encodeWithSelector(IListings.ListingStatusIs.selector, id, IMarketTypes.ListingStatus.PENDING));
        _vote(0, id, false);
        _vote(1, id, false);
        bytes32 second = _list(terms, _offer());
        vm.prank(provider);
        market.delist(terms);
        IMarketTypes.ListingTerms memory third = _terms(3);
        third.previousId = second;
        _list(third, _offer());
        IMarketTypes.ListingTerms memory orphan = _terms(4);
        orphan.previousId = keccak256("nothing");
        _refusedList(
            orphan,
            abi.encodeWithSelector(IListings.ListingStatusIs.selector, orphan.previousId, IMarketTypes.ListingStatus.NONE)
        );
    }

    function test_theProviderDelists() public {
        bytes32 pending = _list(1);
        bytes32 approved = _listApproved(2);
        _revoke(provider);
        vm.expectEmit(true, true, true, true, address(market));
        emit Delisted(pending);
        vm.prank(provider);
        market.delist(_terms(1));
        vm.prank(provider);
        market.delist(_terms(2));
        same(uint256(_status(approved)), uint256(IMarketTypes.ListingStatus.DELISTED), "status");
        vm.prank(provider);
        vm.expectRevert(
            abi.encodeWithSelector(IListings.ListingStatusIs.selector, pending, IMarketTypes.ListingStatus.DELISTED)
        );
        market.delist(_terms(1));
        bytes32 unknown = market.listingIdOf(_terms(9));
        vm.prank(provider);
        vm.expectRevert(
            abi.encodeWithSelector(IListings.ListingStatusIs.selector, unknown, IMarketTypes.ListingStatus.NONE)
        );
        market.delist(_terms(9));
    }

    function test_aRejectedListingCannotBeChanged() public {
        bytes32 id = _list(1);
        _vote(0, id, false);
        _vote(1, id, false);
        bytes memory refused =
            abi.encodeWithSelector(IListings.ListingStatusIs.selector, id, IMarketTypes.ListingStatus.REJECTED);
        vm.startPrank(provider);
        vm.expectRevert(refused);
        market.delist(_terms(1));
        vm.expectRevert(refused);
        market.reprice(_terms(1), 5);
        vm.expectRevert(refused);
        market.narrowConsent(_terms(1), 1);
        vm.stopPrank();
    }

    function test_nobodyElseControlsANamedListing() public {
        _list(1);
        address[3] memory others = [payee, relayer, stranger];
        for (uint256 i; i < 3; ++i) {
            bytes memory refused = abi.encodeWithSelector(IListings.NotController.selector, others[i], provider);
            vm.startPrank(others[i]);
            vm.expectRevert(refused);
            market.delist(_terms(1));
            vm.expectRevert(refused);
            market.reprice(_terms(1), 1);
            vm.expectRevert(refused);
            market.narrowConsent(_terms(1), 1);
            vm.stopPrank();
        }
    }

    function test_repricesForLaterSales() public {
        bytes32 id = _listApproved(1);
        bytes32 order = _purchase(id, 0);
        vm.expectEmit(true, true, true, true, address(market));
        emit Repriced(id, 5);
        vm.prank(provider);
        market.reprice(_terms(1), 5);
        same(market.listing(id).price, 5, "new price");
        same(market.order(order).amount, PRICE, "old order");
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidTerms.selector, "price"));
        market.reprice(_terms(1), 0);
        _revoke(provider);
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.PROVIDER));
        market.reprice(_terms(1), 6);
    }

    function testFuzz_consentOnlyNarrows(uint32 purposes) public {
        bytes32 id = _list(1);
        bool narrower = purposes != 0 && purposes != PURPOSES && purposes & ~PURPOSES == 0;
        if (narrower) {
            vm.expectEmit(true, true, true, true, address(market));
            emit ConsentNarrowed(id, purposes);
        } else {
            vm.expectRevert(abi.encodeWithSelector(IListings.NotNarrower.selector, PURPOSES, purposes));
        }
        vm.prank(provider);
        market.narrowConsent(_terms(1), purposes);
        same(market.listing(id).purposes, narrower ? purposes : PURPOSES, "purposes");
    }

    function test_whatStaysTheSameIsNoNarrowing() public {
        _list(1);
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IListings.NotNarrower.selector, PURPOSES, PURPOSES));
        market.narrowConsent(_terms(1), PURPOSES);
    }

    function test_consentNarrowsAlsoForTheRevoked() public {
        bytes32 id = _listApproved(1);
        _revoke(provider);
        for (uint32 purposes = PURPOSES - 1; purposes > 1; purposes &= purposes - 1) {
            vm.prank(provider);
            market.narrowConsent(_terms(1), purposes);
            same(market.listing(id).purposes, purposes, "narrowed");
        }
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IListings.NotNarrower.selector, uint32(4), uint32(0)));
        market.narrowConsent(_terms(1), 0);
    }

    function _malformed(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer, string memory field) private {
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(terms, offer, block.timestamp));
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidTerms.selector, field));
        market.list(terms, offer, block.timestamp, consent);
    }

    function _refusedList(IMarketTypes.ListingTerms memory terms, bytes memory refusal) private {
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(terms, _offer(), block.timestamp));
        vm.prank(relayer);
        vm.expectRevert(refusal);
        market.list(terms, _offer(), block.timestamp, consent);
    }
}
