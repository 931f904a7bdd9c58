// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuditDraw} from "../../../src/interfaces/IAuditDraw.sol";
import {IMarketTypes} from "../../../src/interfaces/IMarketTypes.sol";
import {Roles} from "../../../src/libraries/Roles.sol";
import {vm} from "../Vm.sol";
import {HandlerState} from "./HandlerState.sol";

/// @dev Auditors are drawn, in a market that has a draw.
abstract contract DrawSteps is HandlerState {
    mapping(uint40 round => mapping(address auditor => bool)) private committed;
    mapping(uint40 round => mapping(address auditor => bool)) private revealed;
    mapping(uint40 round => uint256) private reveals;

    /// @dev A whole round: some commit, some of these reveal, and what is due is drawn.
    function playRound(uint256 a) public {
        IAuditDraw draw = _draw();
        if (address(draw) == address(0) || listings.length == 0) return;
        for (uint256 i; i < 2; ++i) requestDraw(a >> 8 * i);
        (uint40 round,,) = draw.currentRound();
        vm.warp(uint256(round + 1) * draw.roundSeconds());
        for (uint256 i; i < 3; ++i) if ((a >> 32 + i) % 8 != 0) commit(i);
        vm.warp(block.timestamp + draw.roundSeconds() / 2);
        for (uint256 i; i < 3; ++i) if ((a >> 40 + 2 * i) % 4 != 0) reveal(i);
        vm.warp(uint256(round + 2) * draw.roundSeconds());
        for (uint256 i; i < 2; ++i) drawAuditors(a >> 8 * i);
    }

    function commit(uint256 a) public {
        IAuditDraw draw = _draw();
        if (address(draw) == address(0)) return;
        address auditor = auditors[a % 3];
        (uint40 round, IAuditDraw.Phase phase,) = draw.currentRound();
        bool may = market.isAccredited(auditor, Roles.AUDITOR) && phase == IAuditDraw.Phase.COMMIT
            && !committed[round][auditor];
        bytes32 commitment = draw.commitmentOf(round, auditor, keccak256(abi.encode(round, auditor)));
        vm.prank(auditor);
        try draw.commit(round, commitment) {
            _forbid(!may, "13: committed without accreditation, too late, or twice");
            committed[round][auditor] = true;
            _did("commit");
        } catch {
            _forbid(may, "13: a commitment was refused");
        }
    }

    function reveal(uint256 a) public {
        IAuditDraw draw = _draw();
        if (address(draw) == address(0)) return;
        address auditor = auditors[a % 3];
        (uint40 round, IAuditDraw.Phase phase,) = draw.currentRound();
        bool may = phase == IAuditDraw.Phase.REVEAL && committed[round][auditor]
            && !revealed[round][auditor];
        vm.prank(auditor);
        try draw.reveal(round, keccak256(abi.encode(round, auditor))) {
            _forbid(!may, "13: revealed too early, twice, or nothing");
            revealed[round][auditor] = true;
            ++reveals[round];
            _did("reveal");
        } catch {
            _forbid(may, "13: a secret was refused");
        }
    }

    function requestDraw(uint256 a) public {
        IAuditDraw draw = _draw();
        if (address(draw) == address(0) || listings.length == 0) return;
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = market.listingIdOf(listings[_recent(a, listings.length)]);
        IAuditDraw.Assignment memory before = draw.assignmentOf(ids[0]);
        bool pending = market.listing(ids[0]).status == IMarketTypes.ListingStatus.PENDING;
        draw.request(ids);
        IAuditDraw.Assignment memory then = draw.assignmentOf(ids[0]);
        (uint40 round,,) = draw.currentRound();
        if (before.status == IAuditDraw.AssignmentStatus.NONE && pending) {
            _forbid(then.status != IAuditDraw.AssignmentStatus.REQUESTED || then.round != round + 1, "13: a request was lost");
            _did("request");
        } else {
            _forbid(keccak256(abi.encode(before)) != keccak256(abi.encode(then)), "13: a request changed what was there");
        }
    }

    function drawAuditors(uint256 a) public {
        IAuditDraw draw = _draw();
        if (address(draw) == address(0) || listings.length == 0) return;
        IMarketTypes.ListingTerms[] memory terms = new IMarketTypes.ListingTerms[](1);
        terms[0] = listings[_recent(a, listings.length)];
        bytes32 id = market.listingIdOf(terms[0]);
        IAuditDraw.Assignment memory before = draw.assignmentOf(id);
        (uint40 round,,) = draw.currentRound();
        bool due = before.status == IAuditDraw.AssignmentStatus.REQUESTED && before.round < round
            && market.listing(id).status == IMarketTypes.ListingStatus.PENDING;
        draw.draw(terms);
        IAuditDraw.Assignment memory then = draw.assignmentOf(id);
        if (!due) {
            _forbid(keccak256(abi.encode(before)) != keccak256(abi.encode(then)), "13: drawn what was not due");
            return;
        }
        uint256 candidates;
        for (uint256 i; i < 3; ++i) {
            bool able = _canBeDrawn(terms[0], before.round, auditors[i]);
            if (able) ++candidates;
            else _forbid(_isSeated(then, auditors[i]), "13: drawn who is conflicted, or withheld");
        }
        bool good = candidates >= market.quorum() && reveals[before.round] >= draw.minReveals();
        if (good) {
            uint256 expected = candidates < draw.seats() ? candidates : draw.seats();
            _forbid(then.status != IAuditDraw.AssignmentStatus.DRAWN || then.seats.length != expected, "13: not drawn");
            _did("draw");
        } else if (before.failedDraws == 2) {
            _forbid(then.status != IAuditDraw.AssignmentStatus.OPEN, "13: not opened");
            _did("open");
        } else {
            bool postponed = then.status == IAuditDraw.AssignmentStatus.REQUESTED && then.round == round + 1
                && then.failedDraws == before.failedDraws + 1;
            _forbid(!postponed, "13: not postponed");
            _did("postpone");
        }
    }

    /// @dev What the draw's own record says, without its answer to the market.
    function _mayVote(bytes32 id, address auditor) internal view override returns (bool) {
        IAuditDraw draw = _draw();
        if (address(draw) == address(0)) return true;
        IAuditDraw.Assignment memory assignment = draw.assignmentOf(id);
        if (assignment.status == IAuditDraw.AssignmentStatus.OPEN) return true;
        if (assignment.status != IAuditDraw.AssignmentStatus.DRAWN) return false;
        return market.marketTime() > assignment.exclusiveUntil || _isSeated(assignment, auditor);
    }

    function _isSeated(IAuditDraw.Assignment memory assignment, address auditor) private view returns (bool) {
        uint256 slot = market.participant(auditor).auditorSlot;
        uint256 generation = market.participant(auditor).generation;
        for (uint256 i; i < assignment.seats.length; ++i) {
            if (assignment.seats[i].slot == slot && assignment.seats[i].generation == generation) return true;
        }
        return false;
    }

    function _canBeDrawn(IMarketTypes.ListingTerms memory terms, uint40 round, address auditor) private view returns (bool) {
        if (!market.isAccredited(auditor, Roles.AUDITOR)) return false;
        if (committed[round][auditor] && !revealed[round][auditor]) return false;
        bytes32 institution = market.participant(auditor).institution;
        return terms.provider == address(0) || institution != market.participant(provider).institution;
    }

    function _draw() private view returns (IAuditDraw) {
        return IAuditDraw(market.auditorDraw());
    }
}
