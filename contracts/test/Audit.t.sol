// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAudit} from "../src/interfaces/IAudit.sol";
import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {IMarketplace} from "../src/interfaces/IMarketplace.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

contract AuditTest is Fixture {
    event Voted(bytes32 indexed listingId, address indexed auditor, bool approve, uint16 reason);
    event Approved(bytes32 indexed listingId);
    event Rejected(bytes32 indexed listingId);
    event ApprovalRevoked(bytes32 indexed listingId);

    function test_twoOfThreeApprove() public {
        bytes32 id = _list(1);
        vm.expectEmit(true, true, true, true, address(market));
        emit Voted(id, auditors[2], true, 7);
        vm.prank(auditors[2]);
        market.vote(id, true, 7);
        _is(id, IMarketTypes.ListingStatus.PENDING);
        _tally(id, 1, 0);
        vm.expectEmit(true, true, true, true, address(market));
        emit Approved(id);
        _vote(0, id, true);
        _is(id, IMarketTypes.ListingStatus.APPROVED);
        _tally(id, 0, 0);
        same(market.listing(id).votes, 0, "no vote is left, not even one that counts nothing");
    }

    /// One auditor could veto in the prototype.
    function test_twoOfThreeReject() public {
        bytes32 id = _list(1);
        _vote(0, id, false);
        _is(id, IMarketTypes.ListingStatus.PENDING);
        _vote(1, id, true);
        _is(id, IMarketTypes.ListingStatus.PENDING);
        _tally(id, 1, 1);
        vm.expectEmit(true, true, true, true, address(market));
        emit Rejected(id);
        _vote(2, id, false);
        _is(id, IMarketTypes.ListingStatus.REJECTED);
        vm.prank(auditors[1]);
        vm.expectRevert(_statusIs(id, IMarketTypes.ListingStatus.REJECTED));
        market.vote(id, true, 0);
    }

    function test_oneVoteEach() public {
        bytes32 id = _list(1);
        _vote(0, id, true);
        for (uint256 i; i < 2; ++i) {
            vm.prank(auditors[0]);
            vm.expectRevert(abi.encodeWithSelector(IAudit.AlreadyVoted.selector, id, auditors[0]));
            market.vote(id, i == 0, 0);
        }
    }

    function test_onlyAuditorsWhoAreValidNowVote() public {
        bytes32 id = _list(1);
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.AUDITOR));
        market.vote(id, true, 0);
        _register(market, auditors[0], Roles.AUDITOR, 0, uint40(START + 1));
        vm.warp(START + 2);
        vm.prank(auditors[0]);
        vm.expectRevert(_notAccredited(auditors[0], Roles.AUDITOR));
        market.vote(id, true, 0);
        _revoke(auditors[1]);
        vm.prank(auditors[1]);
        vm.expectRevert(_notAccredited(auditors[1], Roles.AUDITOR));
        market.vote(id, true, 0);
    }

    /// An expired auditor's vote still counted in the prototype.
    function test_expiredVotesDoNotCount() public {
        _register(market, auditors[0], Roles.AUDITOR, 0, uint40(START + 10));
        bytes32 atTheLastSecond = _list(1);
        bytes32 tooLate = _list(2);
        _vote(0, atTheLastSecond, true);
        _vote(0, tooLate, true);
        vm.warp(START + 10);
        _vote(1, atTheLastSecond, true);
        _is(atTheLastSecond, IMarketTypes.ListingStatus.APPROVED);
        vm.warp(START + 11);
        _tally(tooLate, 0, 0);
        _vote(1, tooLate, true);
        _is(tooLate, IMarketTypes.ListingStatus.PENDING);
        // Renewed, the same auditor may vote again: the expired vote was dropped.
        _register(market, auditors[0], Roles.AUDITOR, 0, FAR);
        _vote(0, tooLate, true);
        _is(tooLate, IMarketTypes.ListingStatus.APPROVED);
    }

    function test_revokedVotesDoNotCount() public {
        bytes32 id = _list(1);
        _vote(0, id, false);
        _revoke(auditors[0]);
        _vote(1, id, false);
        _is(id, IMarketTypes.ListingStatus.PENDING);
        _tally(id, 0, 1);
    }

    function test_aQuorumRevokesTheApprovalForLaterSales() public {
        bytes32 id = _listApproved(1);
        bytes32 order = _purchase(id, 0);
        market.pause();
        vm.prank(auditors[0]);
        market.revokeApproval(id, 3);
        _is(id, IMarketTypes.ListingStatus.APPROVED);
        vm.prank(auditors[0]);
        vm.expectRevert(abi.encodeWithSelector(IAudit.AlreadyVoted.selector, id, auditors[0]));
        market.revokeApproval(id, 3);
        vm.expectEmit(true, true, true, true, address(market));
        emit Voted(id, auditors[2], false, 4);
        vm.expectEmit(true, true, true, true, address(market));
        emit ApprovalRevoked(id);
        vm.prank(auditors[2]);
        market.revokeApproval(id, 4);
        market.unpause();
        _is(id, IMarketTypes.ListingStatus.REJECTED);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITrade.ListingNotTradable.selector, id));
        market.purchase(_items(id, bytes32(uint256(1))));
        _deliver(order);
        vm.prank(buyer);
        market.settle(_terms(1), buyer, 0);
    }

    function test_votesForItDoNotCountAgainstItLater() public {
        bytes32 id = _list(1);
        _vote(0, id, false);
        _vote(1, id, true);
        _vote(2, id, true);
        vm.prank(auditors[1]);
        market.revokeApproval(id, 0);
        _is(id, IMarketTypes.ListingStatus.APPROVED);
        vm.prank(auditors[0]);
        market.revokeApproval(id, 0);
        _is(id, IMarketTypes.ListingStatus.REJECTED);
    }

    function test_onlyWhatIsPendingOrApprovedIsVotedOn() public {
        bytes32 unknown = keccak256("unknown");
        vm.prank(auditors[0]);
        vm.expectRevert(_statusIs(unknown, IMarketTypes.ListingStatus.NONE));
        market.vote(unknown, true, 0);
        bytes32 id = _list(1);
        vm.prank(auditors[0]);
        vm.expectRevert(_statusIs(id, IMarketTypes.ListingStatus.PENDING));
        market.revokeApproval(id, 0);
        bytes32 approved = _listApproved(2);
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.AUDITOR));
        market.revokeApproval(approved, 0);
    }

    /// Every quorum, any order of votes of eight auditors, some of them expired or replaced: the model is a plain count.
    function testFuzz_theQuorumDecides(uint8 quorum, uint256 seed) public {
        quorum = uint8(within(quorum, 1, 4));
        IMarketplace.MarketConfig memory config = _config(address(token));
        config.quorum = quorum;
        IMarketplace previous = market;
        market = _create(config);
        _administer(market);
        _populate(market);
        bytes32 id = _list(1);
        uint256[32] memory cast; // 0 none, 1 approve, 2 reject
        for (uint8 i = 8; i < 20; ++i) {
            address auditor = address(uint160(0x9000 + i));
            _register(market, auditor, Roles.AUDITOR, i, FAR);
        }
        for (uint256 step; step < 24 && uint256(_status(id)) == 1; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint8 slot = uint8(8 + seed % 12);
            address auditor = address(uint160(0x9000 + slot));
            if ((seed >> 8) % 4 == 0) {
                _revoke(auditor);
                _register(market, auditor, Roles.AUDITOR, slot, FAR);
                cast[slot] = 0;
                continue;
            }
            bool approve = (seed >> 16) % 2 == 0;
            vm.prank(auditor);
            if (cast[slot] != 0) vm.expectRevert(abi.encodeWithSelector(IAudit.AlreadyVoted.selector, id, auditor));
            market.vote(id, approve, 0);
            if (cast[slot] == 0) cast[slot] = approve ? 1 : 2;
            uint256[3] memory count;
            for (uint256 i; i < 32; ++i) ++count[cast[i]];
            IMarketTypes.ListingStatus expected = count[1] >= quorum
                ? IMarketTypes.ListingStatus.APPROVED
                : count[2] >= quorum ? IMarketTypes.ListingStatus.REJECTED : IMarketTypes.ListingStatus.PENDING;
            _is(id, expected);
            if (expected == IMarketTypes.ListingStatus.PENDING) _tally(id, count[1], count[2]);
        }
        market = previous;
    }

    function test_theQuorumIsWithinBounds() public {
        IMarketplace.MarketConfig memory config = _config(address(token));
        config.quorum = 0;
        _refusedConfig(config, "quorum");
        config.quorum = 5;
        _refusedConfig(config, "quorum");
        same(market.quorum(), 2, "quorum");
    }

    function _is(bytes32 id, IMarketTypes.ListingStatus status) private view {
        same(uint256(_status(id)), uint256(status), "status");
    }

    function _tally(bytes32 id, uint256 approvals, uint256 rejections) private view {
        (uint8 a, uint8 r) = market.tally(id);
        same(a, approvals, "approvals");
        same(r, rejections, "rejections");
    }

    function _statusIs(bytes32 id, IMarketTypes.ListingStatus status) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IListings.ListingStatusIs.selector, id, status);
    }
}
