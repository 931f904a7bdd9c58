// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuditDraw} from "../src/interfaces/IAuditDraw.sol";
import {IMarketplace} from "../src/interfaces/IMarketplace.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {DrawFixture} from "./support/DrawFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Rounds and secrets, requests, draws that fail. What is drawn: AuditorChoice.t.sol; who votes: DrawnVotes.t.sol.
contract AuditDrawTest is DrawFixture {
    event Committed(uint40 indexed round, address indexed auditor, bytes32 commitment);
    event Revealed(uint40 indexed round, address indexed auditor, bytes32 secret);
    event DrawRequested(bytes32 indexed listingId, uint40 indexed round);
    event DrawPostponed(bytes32 indexed listingId, uint40 indexed round, uint8 failedDraws);
    event DrawOpened(bytes32 indexed listingId, uint40 indexed round);

    // Rounds and secrets

    function test_aRoundHasTwoHalves() public {
        _isRound(START, FIRST, IAuditDraw.Phase.COMMIT, START + 300);
        _isRound(START + 299, FIRST, IAuditDraw.Phase.COMMIT, START + 300);
        _isRound(START + 300, FIRST, IAuditDraw.Phase.REVEAL, START + 600);
        _isRound(START + 599, FIRST, IAuditDraw.Phase.REVEAL, START + 600);
        _isRound(START + 600, FIRST + 1, IAuditDraw.Phase.COMMIT, START + 900);
    }

    function test_commitsInTheFirstHalf() public {
        bytes32 commitment = draw.commitmentOf(FIRST, panel[0], _secret(FIRST, panel[0]));
        same(
            commitment,
            keccak256(abi.encode(block.chainid, address(draw), FIRST, panel[0], _secret(FIRST, panel[0]))),
            "commitment"
        );
        vm.warp(START + 299);
        vm.expectEmit(true, true, true, true, address(draw));
        emit Committed(FIRST, panel[0], commitment);
        vm.prank(panel[0]);
        draw.commit(FIRST, commitment);
        vm.warp(START + 300);
        vm.prank(panel[1]);
        vm.expectRevert(abi.encodeWithSelector(IAuditDraw.WrongPhase.selector, IAuditDraw.Phase.REVEAL));
        draw.commit(FIRST, commitment);
        vm.prank(panel[1]);
        vm.expectRevert(abi.encodeWithSelector(IAuditDraw.WrongRound.selector, FIRST));
        draw.commit(FIRST + 1, commitment);
        vm.warp(START + 600);
        vm.prank(panel[1]);
        vm.expectRevert(abi.encodeWithSelector(IAuditDraw.WrongRound.selector, FIRST + 1));
        draw.commit(FIRST, commitment);
    }

    function test_revealsInTheSecondHalf() public {
        _commit(FIRST, panel[0]);
        _commit(FIRST, panel[1]);
        _commit(FIRST, panel[2]);
        bytes32 secret = _secret(FIRST, panel[0]);
        vm.warp(START + 299);
        vm.prank(panel[0]);
        vm.expectRevert(abi.encodeWithSelector(IAuditDraw.WrongPhase.selector, IAuditDraw.Phase.COMMIT));
        draw.reveal(FIRST, secret);
        vm.warp(START + 300);
        vm.expectEmit(true, true, true, true, address(draw));
        emit Revealed(FIRST, panel[0], secret);
        vm.prank(panel[0]);
        draw.reveal(FIRST, secret);
        vm.warp(START + 599);
        _reveal(FIRST, panel[1]);
        vm.warp(START + 600);
        secret = _secret(FIRST, panel[2]);
        vm.prank(panel[2]);
        vm.expectRevert(abi.encodeWithSelector(IAuditDraw.WrongRound.selector, FIRST + 1));
        draw.reveal(FIRST, secret);
        (uint256 reveals,) = draw.roundOf(FIRST);
        same(reveals, 2, "reveals");
    }

    function test_onlyAuditorsWhoAreValidNowCommit() public {
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.AUDITOR));
        draw.commit(FIRST, "commitment");
        _seat(panel[0], PANEL_SLOT, "other", uint40(START + 9));
        _seat(panel[1], PANEL_SLOT + 1, "other", uint40(START + 10));
        vm.warp(START + 10);
        vm.prank(panel[0]);
        vm.expectRevert(_notAccredited(panel[0], Roles.AUDITOR));
        draw.commit(FIRST, "commitment");
        _commit(FIRST, panel[1]);
    }

    /// Whoever could take an auditor's accreditation away between the halves could choose the seed otherwise.
    function test_whoCommittedReveals() public {
        _commit(FIRST, panel[0]);
        _revoke(panel[0]);
        vm.warp(START + 300);
        _reveal(FIRST, panel[0]);
        check(draw.secretOf(FIRST, panel[0]) == IAuditDraw.SecretStatus.REVEALED, "revealed");
    }

    function test_commitsOnceARound() public {
        vm.prank(panel[0]);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "commitment"));
        draw.commit(FIRST, 0);
        _commit(FIRST, panel[0]);
        vm.prank(panel[0]);
        vm.expectRevert(abi.encodeWithSelector(IAuditDraw.AlreadyCommitted.selector, FIRST, panel[0]));
        draw.commit(FIRST, "another");
        vm.warp(START + 600);
        _commit(FIRST + 1, panel[0]);
    }

    function test_revealsWhatItCommittedToOnce() public {
        _commit(FIRST, panel[0]);
        // Another's commitment is of no use: nobody but its maker has a secret for it.
        bytes32 copied = draw.commitmentOf(FIRST, panel[0], _secret(FIRST, panel[0]));
        vm.prank(panel[1]);
        draw.commit(FIRST, copied);
        vm.warp(START + 300);
        _refuses(panel[0], _secret(FIRST, panel[1]));
        _refuses(panel[1], _secret(FIRST, panel[0]));
        _refuses(panel[2], _secret(FIRST, panel[2]));
        _reveal(FIRST, panel[0]);
        _refuses(panel[0], _secret(FIRST, panel[0]));
        (uint256 reveals,) = draw.roundOf(FIRST);
        same(reveals, 1, "reveals");
    }

    function test_tellsWhatBecameOfASecret() public {
        check(draw.secretOf(FIRST, panel[0]) == IAuditDraw.SecretStatus.NONE, "none");
        _commit(FIRST, panel[0]);
        _commit(FIRST, panel[1]);
        vm.warp(START + 300);
        _reveal(FIRST, panel[0]);
        vm.warp(START + 599);
        check(draw.secretOf(FIRST, panel[0]) == IAuditDraw.SecretStatus.REVEALED, "revealed");
        check(draw.secretOf(FIRST, panel[1]) == IAuditDraw.SecretStatus.COMMITTED, "committed");
        vm.warp(START + 600);
        check(draw.secretOf(FIRST, panel[0]) == IAuditDraw.SecretStatus.REVEALED, "still revealed");
        check(draw.secretOf(FIRST, panel[1]) == IAuditDraw.SecretStatus.WITHHELD, "withheld");
        check(draw.secretOf(FIRST + 1, panel[1]) == IAuditDraw.SecretStatus.NONE, "a new round");
    }

    /// The seed is of the secrets alone: who reveals last cannot choose by the order too.
    function testFuzz_theSeedIsTheSameInAnyOrder(uint256 order) public {
        for (uint256 i; i < 6; ++i) _commit(FIRST, panel[i]);
        vm.warp(START + 300);
        bytes32 mix;
        for (uint256 left = 6; left > 0; --left) {
            uint256 next = order % left;
            order /= left;
            _reveal(FIRST, panel[next]);
            mix ^= keccak256(abi.encode(panel[next], _secret(FIRST, panel[next])));
            (uint256 reveals, bytes32 seed) = draw.roundOf(FIRST);
            same(reveals, 7 - left, "reveals");
            same(seed, keccak256(abi.encode(block.chainid, address(draw), FIRST, mix)), "seed");
            (panel[next], panel[left - 1]) = (panel[left - 1], panel[next]);
        }
    }

    // Requests

    function test_aRequestIsForTheNextWholeRound() public {
        bytes32[4] memory ids;
        uint16[4] memory times = [0, 299, 300, 599];
        for (uint256 i; i < 4; ++i) {
            vm.warp(START + times[i]);
            ids[i] = _list(i);
            vm.expectEmit(true, true, true, true, address(draw));
            emit DrawRequested(ids[i], FIRST + 1);
            vm.prank(stranger);
            _request(ids[i]);
            _isAssignment(ids[i], IAuditDraw.AssignmentStatus.REQUESTED, 0, FIRST + 1);
            same(draw.electorate(ids[i], market.marketTime()), 1, "nobody");
        }
        vm.warp(START + 600);
        bytes32 late = _list(4);
        _isAssignment(late, IAuditDraw.AssignmentStatus.NONE, 0, 0);
        same(draw.electorate(late, market.marketTime()), 1, "nobody before it is asked for");
        _request(late);
        _isAssignment(late, IAuditDraw.AssignmentStatus.REQUESTED, 0, FIRST + 2);
    }

    function test_whatCannotBeDrawnIsPassedOver() public {
        bytes32[] memory ids = new bytes32[](4);
        ids[0] = keccak256("unknown");
        ids[1] = _list(1);
        ids[2] = _list(2);
        ids[3] = _list(3);
        vm.prank(provider);
        market.delist(_terms(2));
        _request(ids[1]);
        vm.warp(START + 600);
        vm.recordLogs();
        draw.request(ids);
        same(vm.getRecordedLogs().length, 1, "one is new");
        _isAssignment(ids[0], IAuditDraw.AssignmentStatus.NONE, 0, 0);
        _isAssignment(ids[1], IAuditDraw.AssignmentStatus.REQUESTED, 0, FIRST + 1);
        _isAssignment(ids[2], IAuditDraw.AssignmentStatus.NONE, 0, 0);
        _isAssignment(ids[3], IAuditDraw.AssignmentStatus.REQUESTED, 0, FIRST + 2);
    }

    function test_aListingIsAskedForOnce() public {
        bytes32 id = _listDrawn(1);
        IAuditDraw.Assignment memory before = draw.assignmentOf(id);
        _request(id);
        _play(FIRST + 2, 2, 2);
        _draw(1);
        _request(id);
        same(keccak256(abi.encode(draw.assignmentOf(id))), keccak256(abi.encode(before)), "as it was drawn");
    }

    // Draws that come to nothing

    function test_drawsWhenTheRoundIsOver() public {
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 2, 2);
        vm.warp(START + 1199);
        vm.recordLogs();
        _draw(1);
        _draw(2);
        same(vm.getRecordedLogs().length, 0, "neither too early nor unasked");
        _isAssignment(id, IAuditDraw.AssignmentStatus.REQUESTED, 0, FIRST + 1);
        vm.warp(START + 1200);
        vm.prank(stranger);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.DRAWN, 0, FIRST + 1);
    }

    function test_whatIsNoLongerPendingIsNotDrawn() public {
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 2, 2);
        vm.prank(provider);
        market.delist(_terms(1));
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.REQUESTED, 0, FIRST + 1);
    }

    function test_threeRoundsWithTooFewSecretsOpenTheListing() public {
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 6, 1);
        vm.expectEmit(true, true, true, true, address(draw));
        emit DrawPostponed(id, FIRST + 3, 1);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.REQUESTED, 1, FIRST + 3);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.REQUESTED, 1, FIRST + 3);
        // Drawn late: the round after the current one, not after the failed one.
        vm.warp(START + 600 * 7 + 599);
        vm.expectEmit(true, true, true, true, address(draw));
        emit DrawPostponed(id, FIRST + 8, 2);
        _draw(1);
        _play(FIRST + 8, 1, 1);
        same(draw.electorate(id, market.marketTime()), 1, "nobody");
        vm.expectEmit(true, true, true, true, address(draw));
        emit DrawOpened(id, FIRST + 8);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.OPEN, 3, FIRST + 8);
        same(draw.electorate(id, market.marketTime()), 0, "everybody");
        _play(FIRST + 9, 3, 3);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.OPEN, 3, FIRST + 8);
    }

    function test_aPostponedListingIsDrawnByItsNextRound() public {
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 3, 1);
        _draw(1);
        _play(FIRST + 2, 3, 3);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.REQUESTED, 1, FIRST + 3);
        _play(FIRST + 3, 3, 2);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.DRAWN, 1, FIRST + 3);
    }

    /// Two votes decide here: one who can be drawn is too few, two are enough, though three are wanted.
    function test_aRoundWithTooFewCandidatesFails() public {
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 2, 2);
        for (uint256 i = 1; i < 6; ++i) _revoke(panel[i]);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.REQUESTED, 1, FIRST + 3);
        _seat(panel[1], PANEL_SLOT + 1);
        _play(FIRST + 3, 2, 2);
        _draw(1);
        _isAssignment(id, IAuditDraw.AssignmentStatus.DRAWN, 1, FIRST + 3);
        check(_drawn(id, panel[0]) && _drawn(id, panel[1]), "both are drawn");
        same(draw.assignmentOf(id).seats.length, 2, "and nobody else");
    }

    // Making one

    function test_isMadeWithinBounds() public {
        same(address(draw.market()), address(market), "market");
        same(market.auditorDraw(), address(draw), "auditorDraw");
        same(draw.roundSeconds(), ROUND, "roundSeconds");
        same(draw.seats(), SEATS, "seats");
        same(draw.exclusiveSeconds(), EXCLUSIVE, "exclusiveSeconds");
        same(draw.minReveals(), 2, "minReveals");
        _refused(0, SEATS, EXCLUSIVE, "roundSeconds");
        _refused(601, SEATS, EXCLUSIVE, "roundSeconds");
        _refused(365 days + 2, SEATS, EXCLUSIVE, "roundSeconds");
        _refused(ROUND, 1, EXCLUSIVE, "seats");
        _refused(ROUND, 9, EXCLUSIVE, "seats");
        _refused(ROUND, SEATS, 0, "exclusiveSeconds");
        _refused(ROUND, SEATS, 365 days + 1, "exclusiveSeconds");
        _createWithDraw(_config(address(token)), 2, 2, 1);
        _createWithDraw(_config(address(token)), 365 days, 8, 365 days);
    }

    function test_belongsToTheMarketThatNamesIt() public {
        bytes memory args = abi.encode(market, ROUND, SEATS, EXCLUSIVE);
        _refused(abi.encodePacked(vm.getCode("AuditDraw.sol:AuditDraw"), args), "market");
    }

    function test_aSeedTakesTwoSecretsOrTheQuorum() public {
        uint8[4] memory expected = [2, 2, 3, 4];
        IMarketplace.MarketConfig memory config = _config(address(token));
        for (uint8 i; i < 4; ++i) {
            config.quorum = i + 1;
            (, IAuditDraw drawer) = _createWithDraw(config, ROUND, i + 1, EXCLUSIVE);
            same(drawer.minReveals(), expected[i], "minReveals");
        }
    }

    function _refused(uint40 round, uint8 seats, uint40 exclusive, string memory what) private {
        IMarketplace.MarketConfig memory config = _config(address(token));
        config.auditorDraw = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        bytes memory args = abi.encode(_create(config), round, seats, exclusive);
        _refused(abi.encodePacked(vm.getCode("AuditDraw.sol:AuditDraw"), args), what);
    }

    function _refused(bytes memory code, string memory what) private {
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, what));
        address created;
        assembly ("memory-safe") {
            created := create(0, add(code, 0x20), mload(code))
        }
        // As in Fixture: a creation that reverts as expected looks successful.
        check(created != address(0), what);
    }

    function _refuses(address auditor, bytes32 secret) private {
        vm.prank(auditor);
        vm.expectRevert(abi.encodeWithSelector(IAuditDraw.WrongSecret.selector, FIRST, auditor));
        draw.reveal(FIRST, secret);
    }

    function _isRound(uint256 time, uint40 round, IAuditDraw.Phase phase, uint256 endsAt) private {
        vm.warp(time);
        (uint40 round_, IAuditDraw.Phase phase_, uint40 endsAt_) = draw.currentRound();
        same(round_, round, "round");
        check(phase_ == phase, "phase");
        same(endsAt_, endsAt, "endsAt");
    }

    function _isAssignment(bytes32 id, IAuditDraw.AssignmentStatus status, uint8 failedDraws, uint40 round) private view {
        IAuditDraw.Assignment memory assignment = draw.assignmentOf(id);
        same(uint256(assignment.status), uint256(status), "status");
        same(assignment.failedDraws, failedDraws, "failedDraws");
        same(assignment.round, round, "round");
        bool drawn = status == IAuditDraw.AssignmentStatus.DRAWN;
        check((assignment.exclusiveUntil != 0) == drawn, "exclusiveUntil");
        check((assignment.seats.length != 0) == drawn, "seats");
    }
}
