// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAudit} from "./interfaces/IAudit.sol";
import {Roles} from "./libraries/Roles.sol";
import {Votes} from "./libraries/Votes.sol";
import {Listings} from "./Listings.sol";

abstract contract Audit is Listings, IAudit {
    uint8 public immutable quorum;

    constructor(uint8 quorum_) {
        if (quorum_ == 0 || quorum_ > Votes.MAX_QUORUM) revert InvalidArgument("quorum");
        quorum = quorum_;
    }

    function vote(bytes32 listingId, bool approve, uint16 reason) external {
        _runningTime();
        _requireStatus(listingId, ListingStatus.PENDING);
        if (_castVote(listingId, approve, reason)) {
            _listings[listingId].status = approve ? ListingStatus.APPROVED : ListingStatus.REJECTED;
            // Votes for the listing say nothing about revoking it later.
            _listings[listingId].votes = 0;
            if (approve) emit Approved(listingId);
            else emit Rejected(listingId);
        }
    }

    function revokeApproval(bytes32 listingId, uint16 reason) external {
        _requireStatus(listingId, ListingStatus.APPROVED);
        if (_castVote(listingId, false, reason)) {
            _listings[listingId].status = ListingStatus.REJECTED;
            emit ApprovalRevoked(listingId);
        }
    }

    function tally(bytes32 listingId) external view returns (uint8 approvals, uint8 rejections) {
        for (uint256 votes = _listings[listingId].votes; votes != 0; votes = Votes.rest(votes)) {
            uint256 one = Votes.first(votes);
            if (!_voteCounts(one)) continue;
            if (Votes.isApproval(one)) ++approvals;
            else ++rejections;
        }
    }

    function _requireStatus(bytes32 listingId, ListingStatus wanted) private view {
        ListingStatus status = _listings[listingId].status;
        if (status != wanted) revert ListingStatusIs(listingId, status);
    }

    /// @dev Adds the caller's vote to those of the listing that still count, and drops the others.
    /// @return decided whether the quorum is reached by it
    function _castVote(bytes32 listingId, bool approve, uint16 reason) private returns (bool decided) {
        Participant storage auditor = _requireRole(msg.sender, Roles.AUDITOR);
        uint256 cast = Votes.pack(auditor.auditorSlot, auditor.generation, approve);
        uint256 kept = cast;
        uint256 shift = Votes.WIDTH;
        uint256 agreeing = 1;
        for (uint256 votes = _listings[listingId].votes; votes != 0; votes = Votes.rest(votes)) {
            uint256 one = Votes.first(votes);
            if (Votes.sameAuditor(one, cast)) revert AlreadyVoted(listingId, msg.sender);
            if (!_voteCounts(one)) continue;
            if (Votes.isApproval(one) == approve) ++agreeing;
            kept |= one << shift;
            shift += Votes.WIDTH;
        }
        _listings[listingId].votes = uint152(kept);
        emit Voted(listingId, msg.sender, approve, reason);
        return agreeing >= quorum;
    }
}
