// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Batches, grants, and what works by signature.
contract SignedTest is Fixture {
    event Listed(bytes32 indexed listingId, address indexed provider, IMarketTypes.PackedListing listing);
    event VotesCounted(bool approve, uint16 reason, address[] auditors, bytes32[] listingIds, bytes outcomes);
    event Granted(
        bytes32 indexed orderId,
        bytes32 indexed listingId,
        address indexed grantee,
        uint32 purpose,
        bytes20 recipientCommitment,
        uint40 deliverBy,
        bytes32 salt
    );

    // Batch listing

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

    // Votes by signature

    function test_oneTransactionApprovesManyListingsByManyAuditors() public {
        bytes32[] memory ids = _ids(3);
        bytes[] memory signatures = _votes(ids, true, 4, 3);
        vm.expectEmit(true, true, true, true, address(market));
        // Two decide; the third's vote is not needed.
        emit VotesCounted(true, 4, _auditors(3), ids, hex"020000000302000000030200000003");
        vm.prank(stranger);
        market.voteBySignatures(ids, true, 4, START, signatures);
        for (uint256 i; i < 3; ++i) {
            same(uint256(_status(ids[i])), 2, "approved");
            same(market.listing(ids[i]).votes, 0, "no votes are kept");
            same(market.listing(ids[i]).price, PRICE, "price stays");
            same(market.listing(ids[i]).purposes, PURPOSES, "purposes stay");
        }
    }

    /// Everything that stands beside the votes in the listing's word stays, to the last bit.
    function test_votesChangeNothingButVotesAndStatus() public {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _list(1);
        vm.prank(provider);
        market.reprice(_terms(1), type(uint64).max);
        market.voteBySignatures(ids, true, 0, START, _votes(ids, true, 0, 1));
        same(market.listing(ids[0]).price, type(uint64).max, "price after one");
        same(uint256(market.listing(ids[0]).status), uint256(IMarketTypes.ListingStatus.PENDING), "pending");
        vm.prank(auditors[1]);
        market.vote(ids[0], true, 0);
        same(market.listing(ids[0]).price, type(uint64).max, "price after the second");
        same(market.listing(ids[0]).purposes, PURPOSES, "purposes");
        same(uint256(market.listing(ids[0]).status), uint256(IMarketTypes.ListingStatus.APPROVED), "approved");
    }

    function test_aBatchOfVotesRejectsToo() public {
        bytes32[] memory ids = _ids(2);
        bytes[] memory signatures = _votes(ids, false, 1, 2);
        vm.expectEmit(true, true, true, true, address(market));
        emit VotesCounted(false, 1, _auditors(2), ids, hex"03000000030300000003");
        market.voteBySignatures(ids, false, 1, START, signatures);
        for (uint256 i; i < 2; ++i) same(uint256(_status(ids[i])), 3, "rejected");
    }

    /// One call, and a listing in each state: the event says what each vote did.
    function test_theEventTellsWhoseVoteCountedWhereAndWhatItDecided() public {
        bytes32[] memory ids = new bytes32[](7);
        for (uint256 i; i < 6; ++i) ids[i] = _list(i);
        ids[6] = keccak256("unknown");
        _vote(0, ids[1], true); // cast before: only the other vote counts, and decides
        _vote(1, ids[2], false); // the other way: both count for that auditor's vote once
        _vote(2, ids[3], true); // a third auditor's: the first vote decides
        vm.prank(provider);
        market.delist(_terms(4));
        _vote(0, ids[5], false);
        _vote(2, ids[5], false); // rejected
        bytes[] memory signatures = _votes(ids, true, 9, 2);
        vm.expectEmit(true, true, true, true, address(market));
        emit VotesCounted(true, 9, _auditors(2), ids, hex"0200000003020000000201000000010200000001040000000003000000000000000000");
        market.voteBySignatures(ids, true, 9, START, signatures);
        uint8[7] memory statuses = [2, 2, 1, 2, 4, 3, 0];
        for (uint256 i; i < 7; ++i) same(uint256(_status(ids[i])), statuses[i], "status");
        (uint8 approvals, uint8 rejections) = market.tally(ids[2]);
        same(approvals, 1, "approvals");
        same(rejections, 1, "rejections");
    }

    function test_aVoteThatNoLongerCountsIsDroppedByABatchToo() public {
        bytes32[] memory ids = _ids(1);
        _vote(2, ids[0], true);
        _revoke(auditors[2]);
        bytes[] memory one = _votes(ids, true, 0, 1);
        vm.expectEmit(true, true, true, true, address(market));
        emit VotesCounted(true, 0, _auditors(1), ids, hex"0100000001");
        market.voteBySignatures(ids, true, 0, START, one);
        same(market.listing(ids[0]).votes >> 19, 0, "one vote is kept");
        (uint8 approvals,) = market.tally(ids[0]);
        same(approvals, 1, "counted");
    }

    function test_whatCountsNothingIsNotTold() public {
        bytes32[] memory ids = _ids(1);
        bytes[] memory one = _votes(ids, true, 0, 1);
        market.voteBySignatures(ids, true, 0, START, one);
        vm.recordLogs();
        market.voteBySignatures(ids, true, 0, START, one);
        market.voteBySignatures(ids, true, 0, START, new bytes[](0));
        same(vm.getRecordedLogs().length, 0, "nothing to tell");
    }

    function test_atMostAsManySignaturesAsAuditorSlots() public {
        bytes32[] memory ids = _ids(1);
        bytes[] memory signatures = new bytes[](33);
        for (uint256 i; i < 33; ++i) signatures[i] = _votes(ids, true, 0, 1)[0];
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "signatures"));
        market.voteBySignatures(ids, true, 0, START, signatures);
        bytes[] memory full = new bytes[](32);
        for (uint256 i; i < 31; ++i) full[i] = signatures[i];
        full[31] = _votes(ids, true, 0, 2)[1];
        address[] memory signers = new address[](32);
        for (uint256 i; i < 31; ++i) signers[i] = auditors[0];
        signers[31] = auditors[1];
        vm.expectEmit(true, true, true, true, address(market));
        emit VotesCounted(true, 0, signers, ids, hex"0280000001");
        market.voteBySignatures(ids, true, 0, START, full);
        same(uint256(_status(ids[0])), 2, "approved by the first and the last");
    }

    function test_nobodyStopsABatchBySendingAPartFirst() public {
        bytes32[] memory ids = _ids(3);
        bytes[] memory one = _votes(ids, true, 0, 1);
        market.voteBySignatures(ids, true, 0, START, one);
        market.voteBySignatures(ids, true, 0, START, one);
        (uint8 approvals,) = market.tally(ids[0]);
        same(approvals, 1, "counted once");
        vm.prank(provider);
        market.delist(_terms(1));
        market.voteBySignatures(ids, true, 0, START, _votes(ids, true, 0, 2));
        same(uint256(_status(ids[0])), 2, "approved");
        same(uint256(_status(ids[1])), 4, "what was withdrawn stays so");
        same(uint256(_status(ids[2])), 2, "approved");
        // Sent again, an approval does nothing to what is decided.
        market.voteBySignatures(ids, true, 0, START, one);
    }

    function test_oneSignatureCountsOnceHoweverOftenItIsSent() public {
        bytes32[] memory ids = _ids(1);
        bytes[] memory twice = new bytes[](2);
        twice[0] = twice[1] = _votes(ids, true, 0, 1)[0];
        market.voteBySignatures(ids, true, 0, START, twice);
        same(uint256(_status(ids[0])), 1, "pending");
    }

    function test_signedVotesAreCheckedLikeOthers() public {
        bytes32[] memory ids = _ids(2);
        bytes[] memory signatures = _votes(ids, true, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.DeadlinePassed.selector, START - 1));
        market.voteBySignatures(ids, true, 0, START - 1, signatures);
        bytes[] memory broken = new bytes[](1);
        broken[0] = "no signature";
        vm.expectRevert(_notAccredited(address(0), Roles.AUDITOR));
        market.voteBySignatures(ids, true, 0, START, broken);
        broken[0] = _sign(BUYER_KEY, _votesHash(ids, true, 0, START));
        vm.expectRevert(_notAccredited(buyer, Roles.AUDITOR));
        market.voteBySignatures(ids, true, 0, START, broken);
        _revoke(auditors[1]);
        vm.expectRevert(_notAccredited(auditors[1], Roles.AUDITOR));
        market.voteBySignatures(ids, true, 0, START, signatures);
        market.pause();
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.MarketPaused.selector, uint40(START) + MAX_PAUSE));
        market.voteBySignatures(ids, true, 0, START, signatures);
    }

    /// A signature approves what it names: neither other listings, nor a rejection, nor another reason.
    function test_aSignedVoteCannotBeTurned() public {
        bytes32[] memory ids = _ids(1);
        bytes[] memory signatures = _votes(ids, true, 1, 1);
        (bool success,) =
            address(market).call(abi.encodeCall(market.voteBySignatures, (ids, false, 1, START, signatures)));
        check(!success, "turned");
        (success,) = address(market).call(abi.encodeCall(market.voteBySignatures, (ids, true, 2, START, signatures)));
        check(!success, "another reason");
        (success,) = address(market).call(abi.encodeCall(market.voteBySignatures, (ids, true, 1, START + 1, signatures)));
        check(!success, "another deadline");
    }

    // Control by signature

    function test_delistsBySignature() public {
        bytes32 id = _list(1);
        bytes32 structHash = keccak256(abi.encode(keccak256("Delist(bytes32 listingId,uint256 deadline)"), id, START));
        bytes memory wrong = _sign(BUYER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.delistBySignature(_terms(1), START, wrong);
        bytes memory signature = _sign(PROVIDER_KEY, structHash);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.DeadlinePassed.selector, START));
        market.delistBySignature(_terms(1), START, signature);
        vm.warp(START);
        vm.prank(stranger);
        market.delistBySignature(_terms(1), START, signature);
        same(uint256(_status(id)), 4, "delisted");
    }

    function test_repricesBySignatureOnceEach() public {
        bytes32 id = _list(1);
        bytes memory first = _repriceSignature(id, 5, 0);
        market.repriceBySignature(_terms(1), 5, START, first);
        same(market.listing(id).price, 5, "price");
        same(market.nonces(provider), 1, "nonce");
        market.repriceBySignature(_terms(1), 6, START, _repriceSignature(id, 6, 1));
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.repriceBySignature(_terms(1), 5, START, first);
        same(market.listing(id).price, 6, "the old price cannot be sent again");
    }

    function test_narrowsConsentBySignature() public {
        bytes32 id = _list(1);
        bytes32 structHash = keccak256(
            abi.encode(keccak256("NarrowConsent(bytes32 listingId,uint32 purposes,uint256 deadline)"), id, uint32(3), START)
        );
        bytes memory signature = _sign(PROVIDER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.narrowConsentBySignature(_terms(1), 1, START, signature);
        market.narrowConsentBySignature(_terms(1), 3, START, signature);
        same(market.listing(id).purposes, 3, "purposes");
    }

    function test_withdrawsBySignatureOnceEach() public {
        vm.prank(buyer);
        token.approve(address(market), type(uint256).max);
        _purchase(_listApproved(1), 0);
        bytes32 id = market.listingIdOf(_terms(1));
        vm.warp(START + DELIVERY_WINDOW + 1);
        market.refund(id, buyer, 0);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Withdraw(address account,address to,uint256 nonce,uint256 deadline)"),
                buyer,
                stranger,
                uint256(0),
                block.timestamp
            )
        );
        bytes memory signature = _sign(BUYER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, buyer));
        market.withdrawBySignature(buyer, payee, block.timestamp, signature);
        vm.prank(relayer);
        same(market.withdrawBySignature(buyer, stranger, block.timestamp, signature), PRICE, "amount");
        same(token.balanceOf(stranger), PRICE, "paid");
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, buyer));
        market.withdrawBySignature(buyer, stranger, block.timestamp, signature);
    }

    // Grants

    /// What recovers to nobody is not the zero address's signature.
    function test_theZeroAddressSignsNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, address(0)));
        market.withdrawBySignature(address(0), stranger, START, new bytes(65));
        IMarketTypes.ListingTerms memory terms = _terms(1);
        terms.provider = terms.payee = address(0);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, address(0)));
        market.delistBySignature(terms, START, new bytes(65));
    }

    function test_grantsAccessAtPriceZeroOnTheSameWay() public {
        bytes32 id = _listApproved(1);
        bytes32 salt = keccak256(abi.encode("grant", bytes32("salt")));
        bytes32 orderId = market.orderIdOf(id, buyer, salt);
        bytes20 recipient = bytes20(keccak256(abi.encode("recipient", buyer)));
        vm.expectEmit(true, true, true, true, address(market));
        emit Granted(orderId, id, buyer, 2, recipient, uint40(START) + DELIVERY_WINDOW, salt);
        vm.prank(provider);
        same(market.grantAccess(_terms(1), buyer, 2, "salt"), orderId, "order id");
        _deliver(orderId);
        vm.warp(START + SETTLE_WINDOW + 1);
        market.settle(_terms(1), buyer, salt);
        same(market.credit(payee), 0, "no money");
        same(uint256(_orderStatus(orderId)), uint256(IMarketTypes.OrderStatus.SETTLED), "settled");
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(ITrade.OrderExists.selector, orderId));
        market.grantAccess(_terms(1), buyer, 2, "salt");
    }

    function test_aGrantTakesNoBuyersOrderId() public {
        bytes32 id = _listApproved(1);
        vm.prank(provider);
        market.grantAccess(_terms(1), buyer, 1, "salt");
        _purchase(id, "salt");
    }

    function test_grantsAreAuditedAndWithinTheConsent() public {
        bytes32 id = _list(1);
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(ITrade.ListingNotTradable.selector, id));
        market.grantAccess(_terms(1), buyer, 1, 0);
        vm.stopPrank();
        _vote(0, id, true);
        _vote(1, id, true);
        vm.startPrank(provider);
        vm.expectRevert(_notAccredited(stranger, Roles.BUYER));
        market.grantAccess(_terms(1), stranger, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(ITrade.PurposeNotAllowed.selector, id, PURPOSES, uint32(8)));
        market.grantAccess(_terms(1), buyer, 8, 0);
        vm.stopPrank();
        vm.prank(payee);
        vm.expectRevert(abi.encodeWithSelector(IListings.NotController.selector, payee, provider));
        market.grantAccess(_terms(1), buyer, 1, 0);
        market.pause();
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.MarketPaused.selector, uint40(START) + MAX_PAUSE));
        market.grantAccess(_terms(1), buyer, 1, 0);
        market.unpause();
        _revoke(provider);
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.PROVIDER));
        market.grantAccess(_terms(1), buyer, 1, 0);
    }

    function test_grantsBySignature() public {
        bytes32 id = _listApproved(1);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Grant(bytes32 listingId,address grantee,uint32 purpose,bytes32 salt,uint256 deadline)"),
                id,
                buyer,
                uint32(1),
                bytes32("salt"),
                START
            )
        );
        bytes memory signature = _sign(PROVIDER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.grantAccessBySignature(_terms(1), buyer, 2, "salt", START, signature);
        bytes32 orderId = market.grantAccessBySignature(_terms(1), buyer, 1, "salt", START, signature);
        same(uint256(_orderStatus(orderId)), uint256(IMarketTypes.OrderStatus.PAID), "open");
        vm.expectRevert(abi.encodeWithSelector(ITrade.OrderExists.selector, orderId));
        market.grantAccessBySignature(_terms(1), buyer, 1, "salt", START, signature);
    }

    function test_tellsItsDomain() public view {
        (bool success, bytes memory answer) = address(market).staticcall(abi.encodeWithSignature("eip712Domain()"));
        check(success, "answers");
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifier,
            bytes32 salt,
            uint256[] memory extensions
        ) = abi.decode(answer, (bytes1, string, string, uint256, address, bytes32, uint256[]));
        same(extensions.length, 0, "extensions");
        same(bytes32(fields), bytes32(bytes1(0x0f)), "fields");
        same(keccak256(bytes(name)), keccak256("Galen Marketplace"), "name");
        same(keccak256(bytes(version)), keccak256("1"), "version");
        same(chainId, block.chainid, "chain");
        same(verifier, address(market), "market");
        same(salt, 0, "salt");
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

    function _auditors(uint256 count) private view returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i; i < count; ++i) list[i] = auditors[i];
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

    function _ids(uint256 count) private returns (bytes32[] memory ids) {
        ids = new bytes32[](count);
        for (uint256 i; i < count; ++i) ids[i] = _list(i);
    }

    function _repriceSignature(bytes32 id, uint64 price, uint256 nonce) private view returns (bytes memory) {
        bytes32 typeHash = keccak256("Reprice(bytes32 listingId,uint64 price,uint256 nonce,uint256 deadline)");
        return _sign(PROVIDER_KEY, keccak256(abi.encode(typeHash, id, price, nonce, START)));
    }
}
