// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Votes of many auditors on many listings in one transaction.
contract SignedVotesTest is Fixture {
    event VotesCounted(bool approve, uint16 reason, address[] auditors, bytes32[] listingIds, bytes outcomes);

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

    function _auditors(uint256 count) private view returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i; i < count; ++i) list[i] = auditors[i];
    }

    function _ids(uint256 count) private returns (bytes32[] memory ids) {
        ids = new bytes32[](count);
        for (uint256 i; i < count; ++i) ids[i] = _list(i);
    }
}
