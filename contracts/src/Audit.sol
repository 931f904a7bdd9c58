// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IAudit} from "./interfaces/IAudit.sol";
import {IAuditDraw} from "./interfaces/IAuditDraw.sol";
import {Electorate} from "./libraries/Electorate.sol";
import {ListingWord} from "./libraries/ListingWord.sol";
import {Outcomes} from "./libraries/Outcomes.sol";
import {Roles} from "./libraries/Roles.sol";
import {StoredWord} from "./libraries/StoredWord.sol";
import {Votes} from "./libraries/Votes.sol";
import {Listings} from "./Listings.sol";

abstract contract Audit is Listings, IAudit {
    bytes32 private constant AUDIT_VOTES_TYPEHASH =
        keccak256("AuditVotes(bytes32[] listingIds,bool approve,uint16 reason,uint256 deadline)");

    uint8 public immutable quorum;
    address public immutable auditorDraw;

    constructor(uint8 quorum_, address auditorDraw_) {
        if (quorum_ == 0 || quorum_ > Votes.MAX_QUORUM) revert InvalidArgument("quorum");
        quorum = quorum_;
        auditorDraw = auditorDraw_;
    }

    function vote(bytes32 listingId, bool approve, uint16 reason) external {
        _runningTime();
        _castOwn(listingId, ListingStatus.PENDING, _electorate(listingId), approve, reason);
    }

    function revokeApproval(bytes32 listingId, uint16 reason) external {
        _castOwn(listingId, ListingStatus.APPROVED, Electorate.ANYONE, false, reason);
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
        (address[] memory auditors, uint256[] memory cast) = _recover(digest, approve, signatures);
        bytes memory outcomes = new bytes(listingIds.length * Outcomes.WIDTH);
        // What the votes do to a listing without any is the same for all of them.
        (uint256 firstVotes, uint256 firstOutcome) = _castAll(0, cast, approve, 0);
        uint256 counted;
        for (uint256 i; i < listingIds.length; ++i) {
            StoredWord storage stored = _listings[listingIds[i]];
            uint256 word = stored.value;
            uint256 outcome = Outcomes.passedOver(ListingWord.state(word));
            if (ListingWord.isPending(word)) {
                uint256 votes = ListingWord.votes(word);
                uint256 barred = auditorDraw == address(0) ? 0 : _barred(listingIds[i], cast);
                (votes, outcome) =
                    votes | barred == 0 ? (firstVotes, firstOutcome) : _castAll(votes, cast, approve, barred);
                if (Outcomes.counted(outcome) != 0) {
                    counted = 1;
                    stored.value = ListingWord.withVotesAndState(word, votes, Outcomes.state(outcome));
                }
            }
            Outcomes.set(outcomes, i, outcome);
        }
        if (counted != 0) emit VotesCounted(approve, reason, auditors, listingIds, outcomes);
    }

    function tally(bytes32 listingId) external view returns (uint8 approvals, uint8 rejections) {
        for (uint256 votes = ListingWord.votes(_listings[listingId].value); votes != 0; votes = Votes.rest(votes)) {
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

    /// @dev Adds the vote of an auditor who is valid now to those that still count, and drops the others.
    /// @return list the new list; 0 if the auditor's vote was on it already
    /// @return decided whether the quorum is reached by it
    function _add(uint256 votes, uint256 cast) internal view returns (uint256 list, bool decided) {
        uint256 agreeing;
        (list, agreeing) = _live(votes, Votes.isApproval(cast));
        if (Votes.has(list, cast)) return (0, false);
        return (Votes.prepend(list, cast), agreeing + 1 >= quorum);
    }

    /// @return list the votes that still count
    /// @return agreeing how many of them are for approval, or against
    function _live(uint256 votes, bool approval) private view returns (uint256 list, uint256 agreeing) {
        for (uint256 shift; votes != 0; votes = Votes.rest(votes)) {
            uint256 one = Votes.first(votes);
            if (!_voteCounts(one)) continue;
            if (Votes.isApproval(one) == approval) ++agreeing;
            list |= one << shift;
            shift += Votes.WIDTH;
        }
    }

    /// @return auditors who signed, all accredited now
    /// @return cast their packed votes
    function _recover(bytes32 digest, bool approve, bytes[] calldata signatures)
        private
        view
        returns (address[] memory auditors, uint256[] memory cast)
    {
        if (signatures.length > Votes.SLOTS) revert InvalidArgument("signatures");
        auditors = new address[](signatures.length);
        cast = new uint256[](signatures.length);
        for (uint256 i; i < auditors.length; ++i) {
            // What recovers to nobody, or to the zero address, is no auditor.
            (auditors[i],,) = ECDSA.tryRecoverCalldata(digest, signatures[i]);
            cast[i] = _voteOf(auditors[i], approve);
        }
    }

    /// @dev Casts votes that are all for approval, or all against, until the quorum is reached.
    /// @param barred a bit for each vote: whether it is passed over
    /// @return list what is then to be stored as the listing's votes
    /// @return outcome see libraries/Outcomes.sol
    function _castAll(uint256 votes, uint256[] memory cast, bool approve, uint256 barred)
        private
        view
        returns (uint256 list, uint256 outcome)
    {
        uint256 agreeing;
        (list, agreeing) = _live(votes, approve);
        outcome = Outcomes.passedOver(uint256(ListingStatus.PENDING));
        for (uint256 i; i < cast.length; ++i) {
            if (barred >> i & 1 != 0 || Votes.has(list, cast[i])) continue;
            outcome = Outcomes.withCounted(outcome, i);
            list = Votes.prepend(list, cast[i]);
            if (++agreeing >= quorum) {
                return (0, Outcomes.decided(outcome, approve ? ListingStatus.APPROVED : ListingStatus.REJECTED));
            }
        }
    }

    /// @return barred a bit for each vote: whether its auditor may not vote on the listing now
    function _barred(bytes32 listingId, uint256[] memory cast) private view returns (uint256 barred) {
        uint256 electorate = _electorate(listingId);
        for (uint256 i; i < cast.length; ++i) {
            if (!Electorate.admits(electorate, cast[i])) barred |= 1 << i;
        }
    }

    /// @dev Who may vote on a pending listing now: see libraries/Electorate.sol.
    function _electorate(bytes32 listingId) private view returns (uint256) {
        return auditorDraw == address(0) ? Electorate.ANYONE : IAuditDraw(auditorDraw).electorate(listingId, _marketTime());
    }

    function _castOwn(bytes32 listingId, ListingStatus wanted, uint256 electorate, bool approve, uint16 reason)
        private
    {
        StoredWord storage stored = _listings[listingId];
        uint256 word = stored.value;
        ListingStatus status = ListingWord.status(word);
        if (status != wanted) revert ListingStatusIs(listingId, status);
        uint256 cast = _voteOf(msg.sender, approve);
        if (!Electorate.admits(electorate, cast)) revert NotDrawn(listingId, msg.sender);
        (uint256 list, bool decided) = _add(ListingWord.votes(word), cast);
        if (list == 0) revert AlreadyVoted(listingId, msg.sender);
        stored.value = _record(listingId, word, list, decided, msg.sender, approve, reason);
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
