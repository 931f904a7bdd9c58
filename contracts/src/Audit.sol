// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IAudit} from "./interfaces/IAudit.sol";
import {Roles} from "./libraries/Roles.sol";
import {Votes} from "./libraries/Votes.sol";
import {Listings} from "./Listings.sol";

abstract contract Audit is Listings, IAudit {
    bytes32 private constant AUDIT_VOTES_TYPEHASH =
        keccak256("AuditVotes(bytes32[] listingIds,bool approve,uint16 reason,uint256 deadline)");

    uint8 public immutable quorum;

    constructor(uint8 quorum_) {
        if (quorum_ == 0 || quorum_ > Votes.MAX_QUORUM) revert InvalidArgument("quorum");
        quorum = quorum_;
    }

    function vote(bytes32 listingId, bool approve, uint16 reason) external {
        _runningTime();
        Listing memory state = _requireStatus(listingId, ListingStatus.PENDING);
        _cast(listingId, state, _voteOf(msg.sender, approve), msg.sender, reason);
        _listings[listingId] = state;
    }

    function voteBySignatures(
        bytes32[] calldata listingIds,
        bool approve,
        uint16 reason,
        uint256 deadline,
        bytes[] calldata signatures
    ) external {
        _runningTime();
        _requireNotAfter(deadline);
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(AUDIT_VOTES_TYPEHASH, keccak256(abi.encodePacked(listingIds)), approve, reason, deadline)
            )
        );
        address[] memory auditors = new address[](signatures.length);
        uint256[] memory votes = new uint256[](signatures.length);
        for (uint256 i; i < auditors.length; ++i) {
            // What recovers to nobody, or to the zero address, is no auditor.
            (auditors[i],,) = ECDSA.tryRecoverCalldata(digest, signatures[i]);
            votes[i] = _voteOf(auditors[i], approve);
        }
        for (uint256 i; i < listingIds.length; ++i) {
            Listing memory state = _listings[listingIds[i]];
            for (uint256 j; j < votes.length && state.status == ListingStatus.PENDING; ++j) {
                if (!_hasVoted(state.votes, votes[j])) _cast(listingIds[i], state, votes[j], auditors[j], reason);
            }
            _listings[listingIds[i]] = state;
        }
    }

    function revokeApproval(bytes32 listingId, uint16 reason) external {
        Listing memory state = _requireStatus(listingId, ListingStatus.APPROVED);
        _cast(listingId, state, _voteOf(msg.sender, false), msg.sender, reason);
        _listings[listingId] = state;
    }

    function tally(bytes32 listingId) external view returns (uint8 approvals, uint8 rejections) {
        for (uint256 votes = _listings[listingId].votes; votes != 0; votes = Votes.rest(votes)) {
            uint256 one = Votes.first(votes);
            if (!_voteCounts(one)) continue;
            if (Votes.isApproval(one)) ++approvals;
            else ++rejections;
        }
    }

    /// @dev The packed vote of an auditor who must be accredited now.
    function _voteOf(address auditor, bool approve) internal view returns (uint256) {
        Participant storage record = _requireRole(auditor, Roles.AUDITOR);
        return Votes.pack(record.auditorSlot, record.generation, approve);
    }

    /// @dev Adds a vote to those that still count, and drops the others.
    /// @return kept the new list
    /// @return decided whether the quorum is reached by it
    function _add(bytes32 subject, uint256 votes, uint256 cast, address auditor)
        internal
        view
        returns (uint152 kept, bool decided)
    {
        if (_hasVoted(votes, cast)) revert AlreadyVoted(subject, auditor);
        uint256 list = cast;
        uint256 shift = Votes.WIDTH;
        uint256 agreeing = 1;
        for (; votes != 0; votes = Votes.rest(votes)) {
            uint256 one = Votes.first(votes);
            if (!_voteCounts(one)) continue;
            if (Votes.isApproval(one) == Votes.isApproval(cast)) ++agreeing;
            list |= one << shift;
            shift += Votes.WIDTH;
        }
        return (uint152(list), agreeing >= quorum);
    }

    function _hasVoted(uint256 votes, uint256 cast) private pure returns (bool) {
        for (; votes != 0; votes = Votes.rest(votes)) {
            if (Votes.sameAuditor(Votes.first(votes), cast)) return true;
        }
        return false;
    }

    function _requireStatus(bytes32 listingId, ListingStatus wanted) private view returns (Listing memory state) {
        state = _listings[listingId];
        if (state.status != wanted) revert ListingStatusIs(listingId, state.status);
    }

    /// @dev Adds a vote to a listing that is PENDING or APPROVED, in memory, and decides it where it does.
    function _cast(bytes32 listingId, Listing memory state, uint256 one, address auditor, uint16 reason) private {
        bool decided;
        (state.votes, decided) = _add(listingId, state.votes, one, auditor);
        bool approve = Votes.isApproval(one);
        emit Voted(listingId, auditor, approve, reason);
        if (!decided) return;
        // Votes for the listing say nothing about revoking it later.
        state.votes = 0;
        if (state.status == ListingStatus.APPROVED) {
            state.status = ListingStatus.REJECTED;
            emit ApprovalRevoked(listingId);
        } else if (approve) {
            state.status = ListingStatus.APPROVED;
            emit Approved(listingId);
        } else {
            state.status = ListingStatus.REJECTED;
            emit Rejected(listingId);
        }
    }
}
