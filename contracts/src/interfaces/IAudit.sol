// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Audit
/// @notice `quorum` votes of auditors who are valid when the deciding vote is cast approve or reject a listing; a
/// single auditor can do neither (unless the quorum is 1). Votes of expired or replaced auditors do not count. Where
/// auditors are assigned by lot (`auditorDraw`), only those drawn may vote on a pending listing, until their time is
/// over; approval is revoked by any.
interface IAudit is IMarketTypes {
    /// @notice One vote by `vote` or `revokeApproval` was counted.
    event Voted(bytes32 indexed listingId, address indexed auditor, bool approve, uint16 reason);
    /// @notice What one call of `voteBySignatures` did: instead of Voted, Approved and Rejected.
    /// @param auditors who signed, in the order of the signatures
    /// @param listingIds as they were passed
    /// @param outcomes five bytes a listing, in the same order: its status after the call, then a mask (big-endian) of the
    /// auditors whose votes counted: bit n is `auditors[n]`. A mask of 0: passed over. Any other: `approve` of these
    /// auditors was counted, in the order of the bits, and the call decided the listing if its status is not PENDING.
    event VotesCounted(bool approve, uint16 reason, address[] auditors, bytes32[] listingIds, bytes outcomes);
    /// @notice The quorum approved: the listing can be bought from now on.
    event Approved(bytes32 indexed listingId);
    /// @notice The quorum rejected a pending listing, for good.
    event Rejected(bytes32 indexed listingId);
    /// @notice The quorum took the approval back: no more sales; orders made before stay.
    event ApprovalRevoked(bytes32 indexed listingId);

    /// @notice The auditor's vote on this listing counts already.
    error AlreadyVoted(bytes32 listingId, address auditor);
    /// @notice Other auditors were drawn for this listing, or none yet.
    error NotDrawn(bytes32 listingId, address auditor);

    /// @notice Votes on a pending listing. Auditor only, accredited now.
    /// @dev Reverts with MarketPaused, ListingStatusIs, NotAccredited, NotDrawn, AlreadyVoted.
    /// @param reason a code of the platform's list; 0 for none
    function vote(bytes32 listingId, bool approve, uint16 reason) external;

    /// @notice Casts the votes of several auditors on several listings, each with a signature of `AuditVotes(bytes32[]
    /// listingIds,bool approve,uint16 reason,uint256 deadline)`. Anyone may send it; every signer must be an auditor
    /// who is accredited now. A listing that is decided, a vote that was cast before, and one of an auditor who was not
    /// drawn are passed over: so nobody can stop a batch by sending a part of it first.
    /// @dev Reverts with MarketPaused, DeadlinePassed, InvalidArgument (more signatures than auditor slots), NotAccredited.
    /// @param deadline last second at which the signatures may be used
    /// @param signatures at most 32, one an auditor
    function voteBySignatures(
        bytes32[] calldata listingIds,
        bool approve,
        uint16 reason,
        uint256 deadline,
        bytes[] calldata signatures
    ) external;

    /// @notice Votes to take the approval back, for later sales only; takes effect (the listing becomes REJECTED) when a
    /// quorum did. Auditor only, accredited now; also while the market is paused.
    /// @dev Reverts with ListingStatusIs, NotAccredited, AlreadyVoted.
    function revokeApproval(bytes32 listingId, uint16 reason) external;

    /// @return votes that are needed
    function quorum() external view returns (uint8);

    /// @return the contract that assigns auditors by lot; zero if every auditor may vote on every listing
    function auditorDraw() external view returns (address);

    /// @return approvals votes for it that count now
    /// @return rejections votes against it that count now
    function tally(bytes32 listingId) external view returns (uint8 approvals, uint8 rejections);
}
