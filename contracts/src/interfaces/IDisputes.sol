// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Disputes
/// @notice A buyer may dispute a delivered order until its settle window ends. A quorum of auditors decides between refund and
/// settlement; if it does not in `disputeWindow`, the order is settled. The chunk that is complained of goes encrypted to the
/// auditors; on chain are only its leaf's hash and path, which must be under the root that the listing committed to.
interface IDisputes is IMarketTypes {
    /// NOTHING_OPENS: what was delivered opens nothing, no leaf is shown. CIPHERTEXT: this stored chunk does not decrypt.
    /// PLAINTEXT: this chunk is not what was offered.
    enum Claim {
        NOTHING_OPENS,
        CIPHERTEXT,
        PLAINTEXT
    }

    /// @notice A leaf of an RFC 6962 tree (SHA-256) and its audit path; all empty for NOTHING_OPENS.
    /// @param hash of the leaf
    /// @param index number of the leaf, from 0
    /// @param size leaves in the tree
    /// @param path siblings from the leaf upwards
    struct Leaf {
        bytes32 hash;
        uint64 index;
        uint64 size;
        bytes32[] path;
    }

    /// @param votes packed as a listing's; approval = for the buyer
    struct Dispute {
        address buyer;
        address payee;
        uint152 votes;
    }

    /// @notice The buyer disputes a delivered order. `voteUntil` is in Unix time (seconds), if no pause moves it.
    event Disputed(
        bytes32 indexed orderId, address indexed buyer, Claim claim, uint64 leafIndex, bytes32 leafHash, uint40 voteUntil
    );
    /// @notice One auditor's vote on a disputed order was counted.
    event DisputeVoted(bytes32 indexed orderId, address indexed auditor, bool forBuyer, uint16 reason);
    /// @notice The dispute ended, by a quorum or by its window: `Refunded` or `Settled` follows.
    event DisputeResolved(bytes32 indexed orderId, bool forBuyer);

    /// @notice The leaf is not under the root that the claim is about.
    error LeafNotCommitted(bytes32 root, bytes32 leafHash);

    /// @notice Disputes a delivered order. Its buyer only (accredited or not), until the settle window ends; also while paused.
    /// @dev Reverts with OrderStatusIs (also for another than the buyer), TooLate, LeafNotCommitted.
    function dispute(ListingTerms calldata terms, bytes32 salt, Claim claim, Leaf calldata leaf) external;

    /// @notice Votes on a disputed order, until its deadline. Auditor only, accredited now; also while paused.
    /// @dev Reverts with OrderStatusIs, TooLate, NotAccredited, AlreadyVoted.
    function voteDispute(bytes32 orderId, bool forBuyer, uint16 reason) external;

    /// @notice Settles a disputed order that no quorum decided in time. Anyone, after the deadline.
    /// @dev Reverts with OrderStatusIs, TooEarly.
    function lapseDispute(bytes32 orderId) external;

    /// @return the stored dispute of an order; all zero if there is none
    function disputeOf(bytes32 orderId) external view returns (Dispute memory);

    /// @return seconds of market time from the dispute to its deadline
    function disputeWindow() external view returns (uint40);
}
