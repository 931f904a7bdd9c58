// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAnonymousListings} from "../src/interfaces/IAnonymousListings.sol";
import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {RingSignature} from "../src/libraries/RingSignature.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {RingSigner} from "./support/RingSigner.sol";
import {vm} from "./support/Vm.sol";

contract AnonymousListingsTest is Fixture {
    event RingRegistered(bytes32 indexed ringHash, uint256[] points, uint16 quota, uint32 epochLength);
    event RingRevoked(bytes32 indexed ringHash);
    event AnonymouslyListed(bytes32 indexed listingId, bytes32 indexed ringHash, bytes32 indexed keyImage);

    uint16 private constant QUOTA = 3;
    uint32 private constant EPOCH = 1 days;
    uint256[] private secrets;
    uint256[] private points;
    bytes32 private ringHash;

    function setUp() public override {
        super.setUp();
        (secrets, points) = RingSigner.makeRing(4, 1);
        ringHash = market.registerRing(points, QUOTA, EPOCH);
    }

    function test_aMemberListsAndThePayeeIsPaid() public {
        IMarketTypes.ListingTerms memory terms = _anonymous(1);
        RingSignature.Signature memory signature = _signed(terms, 2);
        bytes32 id = market.listingIdOf(terms);
        bytes32 keyImage = keccak256(abi.encode(signature.imageX, signature.imageY));
        vm.expectEmit(true, true, true, true, address(market));
        emit AnonymouslyListed(id, ringHash, keyImage);
        vm.prank(relayer);
        same(market.listAnonymously(terms, _offer(), START, ringHash, signature), id, "id");
        same(market.listingOfKeyImage(keyImage), id, "key image");
        _vote(0, id, true);
        _vote(1, id, true);
        _deliver(_purchase(id, 0));
        vm.prank(buyer);
        market.settle(terms, buyer, 0);
        check(market.credit(payee) > 0, "paid");
        same(market.controllerOf(terms), payee, "the payee controls it");
        vm.prank(payee);
        market.reprice(terms, 5);
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IListings.NotController.selector, provider, payee));
        market.delist(terms);
        vm.prank(payee);
        market.delist(terms);
    }

    function test_theSignatureCoversEverything() public {
        IMarketTypes.ListingTerms memory terms = _anonymous(1);
        RingSignature.Signature memory signature = _signed(terms, 0);
        bytes memory refused = abi.encodeWithSelector(IAnonymousListings.InvalidRingSignature.selector);
        IMarketTypes.ListingTerms memory other = _anonymous(1);
        other.payee = relayer;
        _refusedListing(other, _offer(), START, ringHash, signature, refused);
        IMarketTypes.Offer memory offer = _offer();
        offer.price = 1;
        _refusedListing(terms, offer, START, ringHash, signature, refused);
        offer = _offer();
        offer.purposes = 127;
        _refusedListing(terms, offer, START, ringHash, signature, refused);
        _refusedListing(terms, _offer(), START + 1, ringHash, signature, refused);
        bytes32 otherRing = _otherRing();
        _refusedListing(terms, _offer(), START, otherRing, signature, refused);
        vm.chainId(5);
        _refusedListing(terms, _offer(), START, ringHash, signature, refused);
        vm.chainId(31337);
        vm.warp(START + 1);
        _refusedListing(
            terms, _offer(), START, ringHash, signature, abi.encodeWithSelector(IMarketTypes.DeadlinePassed.selector, START)
        );
        vm.warp(START);
        _listAnonymously(terms, signature);
    }

    function test_onlyARelayerAndOnlyWithoutProvider() public {
        IMarketTypes.ListingTerms memory terms = _anonymous(1);
        RingSignature.Signature memory signature = _signed(terms, 0);
        vm.prank(payee);
        vm.expectRevert(_notAccredited(payee, Roles.RELAYER));
        market.listAnonymously(terms, _offer(), START, ringHash, signature);
        _refusedListing(
            _terms(1), _offer(), START, ringHash, signature, abi.encodeWithSelector(IAnonymousListings.NotAnonymous.selector)
        );
        market.pause();
        _refusedListing(
            terms,
            _offer(),
            START,
            ringHash,
            signature,
            abi.encodeWithSelector(IMarketTypes.MarketPaused.selector, uint40(START) + MAX_PAUSE)
        );
    }

    /// One key image, one live listing per scope.
    function test_aMemberListsOneContentOnce() public {
        IMarketTypes.ListingTerms memory terms = _anonymous(1);
        RingSignature.Signature memory first = _signed(terms, 1);
        bytes32 id = _listAnonymously(terms, first);
        bytes32 keyImage = keccak256(abi.encode(first.imageX, first.imageY));
        bytes memory used = abi.encodeWithSelector(IAnonymousListings.KeyImageUsed.selector, keyImage, id);
        IMarketTypes.ListingTerms memory again = _anonymous(1);
        again.payee = stranger;
        _refusedListing(again, _offer(), START, ringHash, _signed(again, 1), used);
        // Naming it as the former does not help while it is open.
        again.previousId = id;
        _refusedListing(
            again,
            _offer(),
            START,
            ringHash,
            _signed(again, 1),
            abi.encodeWithSelector(IListings.ListingStatusIs.selector, id, IMarketTypes.ListingStatus.PENDING)
        );
        // Another member may list the same content: the two do not link.
        _listAnonymously(_paidTo(1, anchorer), _signed(_paidTo(1, anchorer), 0));
        // Withdrawn, it can be listed again by the same signer alone, with a link to the former.
        vm.prank(payee);
        market.delist(terms);
        bytes32 second = _listAnonymously(again, _signed(again, 1));
        same(market.listingOfKeyImage(keyImage), second, "moves on");
    }

    function test_theQuotaIsPerRingAndEpoch() public {
        vm.warp(START - START % EPOCH);
        for (uint256 i; i < QUOTA; ++i) _listAnonymously(_anonymous(i), _signed(_anonymous(i), i));
        same(market.ring(ringHash).used, QUOTA, "used");
        uint32 epoch = uint32(START / EPOCH);
        same(market.ring(ringHash).epoch, epoch, "epoch");
        vm.warp(START - START % EPOCH + EPOCH - 1);
        IMarketTypes.ListingTerms memory terms = _anonymous(9);
        bytes memory refused = abi.encodeWithSelector(IAnonymousListings.RingQuotaUsed.selector, ringHash, epoch);
        RingSignature.Signature memory signature = _signed(terms, 3);
        vm.prank(relayer);
        vm.expectRevert(refused);
        market.listAnonymously(terms, _offer(), block.timestamp, ringHash, signature);
        vm.warp(START - START % EPOCH + EPOCH);
        _listAnonymously(terms, _signed(terms, 3));
        same(market.ring(ringHash).used, 1, "a new epoch");
    }

    function test_onlyRegisteredRingsList() public {
        IMarketTypes.ListingTerms memory terms = _anonymous(1);
        RingSignature.Signature memory signature = _signed(terms, 0);
        bytes memory unknown = abi.encodeWithSelector(IAnonymousListings.RingUnknown.selector, bytes32("ring"));
        _refusedListing(terms, _offer(), START, "ring", signature, unknown);
        vm.expectEmit(true, true, true, true, address(market));
        emit RingRevoked(ringHash);
        market.revokeRing(ringHash);
        unknown = abi.encodeWithSelector(IAnonymousListings.RingUnknown.selector, ringHash);
        _refusedListing(terms, _offer(), START, ringHash, signature, unknown);
        vm.expectRevert(unknown);
        market.revokeRing(ringHash);
        vm.expectRevert(abi.encodeWithSelector(IAnonymousListings.RingExists.selector, ringHash));
        market.registerRing(points, QUOTA, EPOCH);
    }

    function test_aNewRingHasUsedNothing() public {
        (, uint256[] memory other) = RingSigner.makeRing(3, 9);
        // An epoch longer than all time until now: its number is 0, as in a ring that was not used.
        bytes32 id = market.registerRing(other, QUOTA, type(uint32).max);
        IAnonymousListings.Ring memory state = market.ring(id);
        check(state.store != address(0), "stored");
        same(state.quota, QUOTA, "quota");
        same(state.used, 0, "used");
        same(state.epochLength, type(uint32).max, "epoch length");
        same(state.epoch, 0, "epoch");
    }

    /// A first listing of its key image may follow one that had another, or none.
    function test_aFirstListingMayReplaceSomebodyElses() public {
        bytes32 former = _list(5);
        vm.prank(provider);
        market.delist(_terms(5));
        IMarketTypes.ListingTerms memory terms = _anonymous(1);
        terms.previousId = former;
        bytes32 id = _listAnonymously(terms, _signed(terms, 2));
        check(_status(id) == IMarketTypes.ListingStatus.PENDING, "listed");
    }

    function test_onlyTheRegistrarRegistersRings() public {
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, relayer);
        vm.startPrank(relayer);
        vm.expectRevert(refused);
        market.registerRing(points, QUOTA, EPOCH);
        vm.expectRevert(refused);
        market.revokeRing(ringHash);
        vm.stopPrank();
        (, uint256[] memory others) = RingSigner.makeRing(2, 9);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "quota"));
        market.registerRing(others, 0, EPOCH);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "epochLength"));
        market.registerRing(others, QUOTA, 0);
        bytes32 hash = keccak256(abi.encodePacked(others));
        vm.expectEmit(true, true, true, true, address(market));
        emit RingRegistered(hash, others, QUOTA, EPOCH);
        market.registerRing(others, QUOTA, EPOCH);
        same(market.ring(hash).quota, QUOTA, "quota");
        same(market.ring(hash).epochLength, EPOCH, "epoch length");
    }

    function _otherRing() private returns (bytes32) {
        (, uint256[] memory others) = RingSigner.makeRing(4, 2);
        return market.registerRing(others, QUOTA, EPOCH);
    }

    function _anonymous(uint256 salt) private view returns (IMarketTypes.ListingTerms memory terms) {
        terms = _terms(salt);
        terms.provider = address(0);
    }

    function _paidTo(uint256 salt, address to) private view returns (IMarketTypes.ListingTerms memory terms) {
        terms = _anonymous(salt);
        terms.payee = to;
    }

    function _signed(IMarketTypes.ListingTerms memory terms, uint256 signer)
        private
        view
        returns (RingSignature.Signature memory)
    {
        bytes32 message = _consentHash(terms, _offer(), block.timestamp);
        bytes32 scope = keccak256(abi.encode(address(market), terms.contentHash));
        return RingSigner.sign(address(market), message, scope, points, signer, secrets[signer]);
    }

    function _listAnonymously(IMarketTypes.ListingTerms memory terms, RingSignature.Signature memory signature)
        private
        returns (bytes32)
    {
        vm.prank(relayer);
        return market.listAnonymously(terms, _offer(), block.timestamp, ringHash, signature);
    }

    function _refusedListing(
        IMarketTypes.ListingTerms memory terms,
        IMarketTypes.Offer memory offer,
        uint256 deadline,
        bytes32 ring,
        RingSignature.Signature memory signature,
        bytes memory refusal
    ) private {
        vm.prank(relayer);
        vm.expectRevert(refusal);
        market.listAnonymously(terms, offer, deadline, ring, signature);
    }
}
