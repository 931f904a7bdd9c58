// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAudit} from "../src/interfaces/IAudit.sol";
import {IAuditDraw} from "../src/interfaces/IAuditDraw.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {DrawFixture} from "./support/DrawFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev What the market makes of a draw: who may vote on a listing, and when.
contract DrawnVotesTest is DrawFixture {
    event VotesCounted(bool approve, uint16 reason, address[] auditors, bytes32[] listingIds, bytes outcomes);

    function test_nobodyVotesBeforeTheDraw() public {
        bytes32 id = _list(1);
        _refusesAll(id);
        _request(id);
        _refusesAll(id);
        _play(FIRST + 1, 2, 2);
        _refusesAll(id);
        _draw(1);
        (address[SEATS] memory inside,) = _split(id);
        _voteAs(inside[0], id);
    }

    function test_theDrawnDecide() public {
        bytes32 id = _listDrawn(1);
        (address[SEATS] memory inside, address outside) = _split(id);
        _refuses(outside, id);
        _refuses(auditors[0], id);
        _voteAs(inside[2], id);
        _refuses(outside, id);
        _voteAs(inside[0], id);
        check(_status(id) == IMarketTypes.ListingStatus.APPROVED, "approved");
    }

    function test_theyHaveUntilTheLastSecond() public {
        bytes32 id = _listDrawn(1);
        (address[SEATS] memory inside, address outside) = _split(id);
        uint256 until = block.timestamp + EXCLUSIVE;
        same(draw.assignmentOf(id).exclusiveUntil, until, "exclusiveUntil");
        vm.warp(until);
        _refuses(outside, id);
        _voteAs(inside[0], id);
        vm.warp(until + 1);
        same(draw.electorate(id, market.marketTime()), 0, "everybody");
        // The vote that was cast counts on; the second may be anybody's, even one who could not be drawn.
        _voteAs(auditors[0], id);
        check(_status(id) == IMarketTypes.ListingStatus.APPROVED, "approved");
    }

    function test_aPauseTakesNothingOfTheirTime() public {
        bytes32 id = _listDrawn(1);
        (, address outside) = _split(id);
        uint256 until = block.timestamp + EXCLUSIVE;
        vm.warp(until - 1);
        market.pause();
        vm.warp(until + 1 days);
        vm.prank(outside);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.MarketPaused.selector, until - 1 + MAX_PAUSE));
        market.vote(id, true, 0);
        market.unpause();
        vm.warp(until + 1 days + 1);
        _refuses(outside, id);
        vm.warp(until + 1 days + 2);
        _voteAs(outside, id);
    }

    /// A draw goes on in a pause; the time of those who are drawn begins when the pause ends.
    function test_drawsInAPause() public {
        bytes32 id = _list(1);
        market.pause();
        _request(id);
        _play(FIRST + 1, 2, 2);
        _draw(1);
        same(draw.assignmentOf(id).exclusiveUntil, START + EXCLUSIVE, "market time");
        market.unpause();
        (, address outside) = _split(id);
        vm.warp(START + 1200 + EXCLUSIVE);
        _refuses(outside, id);
        vm.warp(START + 1200 + EXCLUSIVE + 1);
        _voteAs(outside, id);
    }

    function test_afterThreeFailuresEverybodyVotes() public {
        bytes32 id = _list(1);
        _request(id);
        for (uint40 i; i < 3; ++i) {
            _play(FIRST + 1 + 2 * i, 1, 1);
            _refuses(panel[5], id);
            _draw(1);
        }
        _voteAs(panel[5], id);
        _voteAs(auditors[1], id);
        check(_status(id) == IMarketTypes.ListingStatus.APPROVED, "approved");
    }

    /// Who takes the slot of one who was drawn was not drawn; a renewed accreditation keeps the seat.
    function test_aSlotThatIsUsedAgainInheritsNothing() public {
        bytes32 id = _listDrawn(1);
        (address[SEATS] memory inside,) = _split(id);
        uint8 slot = market.participant(inside[0]).auditorSlot;
        _revoke(inside[0]);
        _seat(stranger, slot);
        _refuses(stranger, id);
        _revoke(stranger);
        _seat(inside[0], slot);
        _refuses(inside[0], id);
        _seat(inside[1], market.participant(inside[1]).auditorSlot);
        _voteAs(inside[1], id);
    }

    // By signature

    function test_aBatchPassesOverWhoWasNotDrawn() public {
        bytes32[] memory ids = new bytes32[](3);
        ids[0] = _listDrawn(1);
        ids[1] = _list(2);
        ids[2] = _listDrawn(3);
        (bytes[] memory signatures, address[] memory signers) = _panelVotes(ids, 6);
        bytes memory outcomes;
        for (uint256 i; i < 3; ++i) {
            uint32 mask;
            uint256 counted;
            for (uint256 j; j < 6 && counted < 2; ++j) {
                if (!_drawn(ids[i], panel[j])) continue;
                mask |= uint32(1 << j);
                ++counted;
            }
            outcomes = abi.encodePacked(outcomes, uint8(i == 1 ? 1 : 2), mask);
        }
        vm.expectEmit(true, true, true, true, address(market));
        emit VotesCounted(true, 5, signers, ids, outcomes);
        market.voteBySignatures(ids, true, 5, block.timestamp, signatures);
        check(_status(ids[0]) == IMarketTypes.ListingStatus.APPROVED, "approved");
        check(_status(ids[1]) == IMarketTypes.ListingStatus.PENDING, "nobody was drawn");
        same(market.listing(ids[1]).votes, 0, "no vote");
        check(_status(ids[2]) == IMarketTypes.ListingStatus.APPROVED, "approved");
    }

    function test_aBatchAddsToTheVotesOfTheDrawn() public {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _listDrawn(1);
        (address[SEATS] memory inside, address outside) = _split(ids[0]);
        _voteAs(inside[1], ids[0]);
        _signedVote(ids, outside);
        check(_status(ids[0]) == IMarketTypes.ListingStatus.PENDING, "not drawn");
        _signedVote(ids, inside[1]);
        check(_status(ids[0]) == IMarketTypes.ListingStatus.PENDING, "voted before");
        _signedVote(ids, inside[2]);
        check(_status(ids[0]) == IMarketTypes.ListingStatus.APPROVED, "approved");
    }

    function test_aBatchCountsEverybodyWhenTheirTimeIsOver() public {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _listDrawn(1);
        (, address outside) = _split(ids[0]);
        vm.warp(block.timestamp + EXCLUSIVE);
        vm.recordLogs();
        _signedVote(ids, outside);
        same(vm.getRecordedLogs().length, 0, "nothing counted, nothing told");
        vm.warp(block.timestamp + 1);
        _signedVote(ids, outside);
        (uint8 approvals,) = market.tally(ids[0]);
        same(approvals, 1, "counted");
    }

    // What is open to all

    function test_anyAuditorRevokesAnApproval() public {
        bytes32 id = _approved(1);
        (, address outside) = _split(id);
        vm.prank(outside);
        market.revokeApproval(id, 0);
        vm.prank(auditors[0]);
        market.revokeApproval(id, 0);
        check(_status(id) == IMarketTypes.ListingStatus.REJECTED, "revoked");
    }

    function test_anyAuditorVotesInADispute() public {
        bytes32 id = _approved(1);
        (, address outside) = _split(id);
        bytes32 orderId = _purchase(id, 0);
        _deliver(orderId);
        IDisputes.Leaf memory none;
        vm.prank(buyer);
        market.dispute(_terms(1), 0, IDisputes.Claim.NOTHING_OPENS, none);
        vm.prank(outside);
        market.voteDispute(orderId, true, 0);
        vm.prank(auditors[0]);
        market.voteDispute(orderId, true, 0);
        check(_orderStatus(orderId) == IMarketTypes.OrderStatus.REFUNDED, "refunded");
    }

    function test_aListingsStateComesFirst() public {
        bytes32 id = _approved(1);
        (, address outside) = _split(id);
        vm.prank(outside);
        vm.expectRevert(abi.encodeWithSelector(IListings.ListingStatusIs.selector, id, IMarketTypes.ListingStatus.APPROVED));
        market.vote(id, true, 0);
        id = _listDrawn(2);
        vm.prank(stranger);
        vm.expectRevert(_notAccredited(stranger, Roles.AUDITOR));
        market.vote(id, true, 0);
    }

    function _approved(uint256 salt) private returns (bytes32 id) {
        id = _listDrawn(salt);
        (address[SEATS] memory inside,) = _split(id);
        _voteAs(inside[0], id);
        _voteAs(inside[1], id);
    }

    function _voteAs(address auditor, bytes32 id) private {
        vm.prank(auditor);
        market.vote(id, true, 0);
    }

    function _refuses(address auditor, bytes32 id) private {
        vm.prank(auditor);
        vm.expectRevert(abi.encodeWithSelector(IAudit.NotDrawn.selector, id, auditor));
        market.vote(id, true, 0);
    }

    function _refusesAll(bytes32 id) private {
        for (uint256 i; i < 6; ++i) _refuses(panel[i], id);
        for (uint256 i; i < 3; ++i) _refuses(auditors[i], id);
    }

    function _panelVotes(bytes32[] memory ids, uint256 count)
        private
        view
        returns (bytes[] memory signatures, address[] memory signers)
    {
        (signatures, signers) = (new bytes[](count), new address[](count));
        for (uint256 i; i < count; ++i) {
            signatures[i] = _sign(PANEL_KEY + i, _votesHash(ids, true, 5, block.timestamp));
            signers[i] = panel[i];
        }
    }

    function _signedVote(bytes32[] memory ids, address auditor) private {
        bytes[] memory signatures = new bytes[](1);
        uint256 key = PANEL_KEY + market.participant(auditor).auditorSlot - PANEL_SLOT;
        signatures[0] = _sign(key, _votesHash(ids, true, 0, block.timestamp));
        market.voteBySignatures(ids, true, 0, block.timestamp, signatures);
    }
}
