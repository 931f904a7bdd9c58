// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IAudit} from "./interfaces/IAudit.sol";
import {ListingWord} from "./libraries/ListingWord.sol";
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
        _castOwn(listingId, ListingStatus.PENDING, approve, reason);
    }

    function revokeApproval(bytes32 listingId, uint16 reason) external {
        _castOwn(listingId, ListingStatus.APPROVED, false, reason);
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
            bytes32 listingId = listingIds[i];
            uint256 word = _listings[listingId];
            for (uint256 j; j < votes.length && ListingWord.status(word) == ListingStatus.PENDING; ++j) {
                (uint256 list, bool decided) = _add(ListingWord.votes(word), votes[j]);
                if (list != 0) word = _record(listingId, word, list, decided, auditors[j], approve, reason);
            }
            _listings[listingId] = word;
        }
    }

    function tally(bytes32 listingId) external view returns (uint8 approvals, uint8 rejections) {
        for (uint256 votes = ListingWord.votes(_listings[listingId]); votes != 0; votes = Votes.rest(votes)) {
            uint256 one = Votes.first(votes);
            if (!_voteCounts(one)) continue;
            if (Votes.isApproval(one)) ++approvals;
            else ++rejections;
        }
    }

    /// @dev The packed vote of an auditor who must be accredited now.
    function _voteOf(address auditor, bool approve) internal view returns (uint256) {
        return Votes.pack(_requireRole(auditor, Roles.AUDITOR), approve);
    }

    /// @dev Adds a vote to those that still count, and drops the others.
    /// @return list the new list; 0 if the auditor's vote was on it already
    /// @return decided whether the quorum is reached by it
    function _add(uint256 votes, uint256 cast) internal view returns (uint256 list, bool decided) {
        list = cast;
        uint256 shift = Votes.WIDTH;
        uint256 agreeing = 1;
        for (; votes != 0; votes = Votes.rest(votes)) {
            uint256 one = Votes.first(votes);
            if (Votes.sameAuditor(one, cast)) return (0, false);
            if (!_voteCounts(one)) continue;
            if (Votes.isApproval(one) == Votes.isApproval(cast)) ++agreeing;
            list |= one << shift;
            shift += Votes.WIDTH;
        }
        decided = agreeing >= quorum;
    }

    function _castOwn(bytes32 listingId, ListingStatus wanted, bool approve, uint16 reason) private {
        uint256 word = _listings[listingId];
        ListingStatus status = ListingWord.status(word);
        if (status != wanted) revert ListingStatusIs(listingId, status);
        (uint256 list, bool decided) = _add(ListingWord.votes(word), _voteOf(msg.sender, approve));
        if (list == 0) revert AlreadyVoted(listingId, msg.sender);
        _listings[listingId] = _record(listingId, word, list, decided, msg.sender, approve, reason);
    }

    /// @dev Tells of a vote on a listing that is PENDING or APPROVED, and decides it where it does.
    /// @return the listing's new word
    function _record(
        bytes32 listingId,
        uint256 word,
        uint256 list,
        bool decided,
        address auditor,
        bool approve,
        uint16 reason
    ) private returns (uint256) {
        emit Voted(listingId, auditor, approve, reason);
        if (!decided) return ListingWord.withVotes(word, list);
        // Votes for the listing say nothing about revoking it later.
        word = ListingWord.withVotes(word, 0);
        if (approve) {
            emit Approved(listingId);
            return ListingWord.withStatus(word, ListingStatus.APPROVED);
        }
        if (ListingWord.status(word) == ListingStatus.APPROVED) emit ApprovalRevoked(listingId);
        else emit Rejected(listingId);
        return ListingWord.withStatus(word, ListingStatus.REJECTED);
    }
}
