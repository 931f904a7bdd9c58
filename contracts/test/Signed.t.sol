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
    event Voted(bytes32 indexed listingId, address indexed auditor, bool approve, uint16 reason);
    event Approved(bytes32 indexed listingId);
    event Granted(
        bytes32 indexed orderId,
        bytes32 indexed listingId,
        address indexed grantee,
        uint32 purpose,
        bytes32 recipientCommitment,
        uint40 deliverBy,
        bytes32 salt
    );

    // Batch listing

    function test_listsABatchWithOneConsent() public {
        (IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers) = _batch(3);
        bytes memory consent = _batchConsent(terms, offers);
        vm.prank(relayer);
        market.listBatch(terms, offers, START, consent);
        for (uint256 i; i < 3; ++i) same(uint256(_status(market.listingIdOf(terms[i]))), 1, "pending");
    }

    function test_aBatchIsOneProvidersAndAllOrNothing() public {
        (IMarketTypes.ListingTerms[] memory terms, IMarketTypes.Offer[] memory offers) = _batch(3);
        bytes memory consent = _batchConsent(terms, offers);
        vm.startPrank(relayer);
        offers[1].price += 1;
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.listBatch(terms, offers, START, consent);
        offers[1].price -= 1;
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.DeadlinePassed.selector, START));
        market.listBatch(terms, offers, START, consent);
        vm.warp(START);
        terms[2].provider = stranger;
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidTerms.selector, "provider"));
        market.listBatch(terms, offers, START, consent);
        terms[0].provider = address(0);
        vm.expectRevert(abi.encodeWithSelector(IListings.AnonymousNeedsRing.selector));
        market.listBatch(terms, offers, START, consent);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "terms"));
        market.listBatch(terms, new IMarketTypes.Offer[](2), START, consent);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "terms"));
        market.listBatch(new IMarketTypes.ListingTerms[](0), new IMarketTypes.Offer[](0), START, consent);
        vm.stopPrank();
        (terms, offers) = _batch(3);
        vm.expectRevert(_notAccredited(address(this), Roles.RELAYER));
        market.listBatch(terms, offers, START, consent);
        _revoke(provider);
        vm.prank(relayer);
        vm.expectRevert(_notAccredited(provider, Roles.PROVIDER));
        market.listBatch(terms, offers, START, consent);
    }

    // Votes by signature

    function test_oneTransactionApprovesManyListingsByManyAuditors() public {
        bytes32[] memory ids = _ids(3);
        bytes[] memory signatures = _votes(ids, true, 4, 3);
        for (uint256 i; i < 3; ++i) {
            for (uint256 j; j < 2; ++j) {
                vm.expectEmit(true, true, true, true, address(market));
                emit Voted(ids[i], auditors[j], true, 4);
            }
            vm.expectEmit(true, true, true, true, address(market));
            emit Approved(ids[i]);
        }
        vm.prank(stranger);
        market.voteBySignatures(ids, true, 4, START, signatures);
        for (uint256 i; i < 3; ++i) same(uint256(_status(ids[i])), 2, "approved");
    }

    function test_aBatchOfVotesRejectsToo() public {
        bytes32[] memory ids = _ids(2);
        market.voteBySignatures(ids, false, 1, START, _votes(ids, false, 1, 2));
        for (uint256 i; i < 2; ++i) same(uint256(_status(ids[i])), 3, "rejected");
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
        broken[0] = _sign(BUYER_KEY, _votesHash(ids, true, 0));
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

    function test_grantsAccessAtPriceZeroOnTheSameWay() public {
        bytes32 id = _listApproved(1);
        bytes32 salt = keccak256(abi.encode("grant", bytes32("salt")));
        bytes32 orderId = market.orderIdOf(id, buyer, salt);
        bytes32 recipient = keccak256(abi.encode("recipient", buyer));
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
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifier, bytes32 salt,) =
            abi.decode(answer, (bytes1, string, string, uint256, address, bytes32, uint256[]));
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

    function _votesHash(bytes32[] memory ids, bool approve, uint16 reason) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("AuditVotes(bytes32[] listingIds,bool approve,uint16 reason,uint256 deadline)"),
                keccak256(abi.encodePacked(ids)),
                approve,
                reason,
                START
            )
        );
    }

    function _votes(bytes32[] memory ids, bool approve, uint16 reason, uint256 count)
        private
        view
        returns (bytes[] memory signatures)
    {
        signatures = new bytes[](count);
        for (uint256 i; i < count; ++i) signatures[i] = _sign(AUDITOR_KEY + i, _votesHash(ids, approve, reason));
    }

    function _repriceSignature(bytes32 id, uint64 price, uint256 nonce) private view returns (bytes memory) {
        bytes32 typeHash = keccak256("Reprice(bytes32 listingId,uint64 price,uint256 nonce,uint256 deadline)");
        return _sign(PROVIDER_KEY, keccak256(abi.encode(typeHash, id, price, nonce, START)));
    }
}
