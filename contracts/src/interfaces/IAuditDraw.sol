// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketplace} from "./IMarketplace.sol";
import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Assignment of auditors by lot
/// @notice Time is cut into rounds. In the first half of a round auditors commit to secrets, in the second they reveal
/// them: together these are the round's seed. Once drawn, a listing of the market is voted on by the drawn auditors
/// alone. Nothing here holds or moves money, nobody administers it, and it cannot be changed. Times are Unix seconds,
/// but `exclusiveUntil` in storage is market time. Formulas and algorithm: docs/market.md.
interface IAuditDraw is IMarketTypes {
    /// @notice NONE: nobody may vote on the listing yet. REQUESTED: nor now, until its round is over and `draw` is
    /// called. DRAWN: only the drawn auditors, then (after `exclusiveUntil`) every auditor. OPEN: every auditor, since
    /// no draw came about.
    enum AssignmentStatus {
        NONE,
        REQUESTED,
        DRAWN,
        OPEN
    }

    /// @notice First and second half of a round.
    enum Phase {
        COMMIT,
        REVEAL
    }

    /// @notice WITHHELD is what COMMITTED is called once the round is over: it bars the auditor from the round's draws.
    enum SecretStatus {
        NONE,
        COMMITTED,
        REVEALED,
        WITHHELD
    }

    /// @notice An auditor of the registry: the holder of `slot` in its `generation`. Who holds the slot later inherits
    /// nothing.
    struct Seat {
        uint8 slot;
        uint16 generation;
    }

    /// @param status what holds for the listing
    /// @param failedDraws rounds that it was bound to in vain
    /// @param round the round that it is bound to, or was drawn by, or that failed last; 0 if none was asked for
    /// @param exclusiveUntil last second (market time) at which only the drawn auditors may vote; 0 if none are drawn
    /// @param seats the drawn auditors, in the order of the draw
    struct Assignment {
        AssignmentStatus status;
        uint8 failedDraws;
        uint40 round;
        uint40 exclusiveUntil;
        Seat[] seats;
    }

    /// @notice An auditor committed to a secret of the round.
    event Committed(uint40 indexed round, address indexed auditor, bytes32 commitment);
    /// @notice The auditor revealed it. Committed, and not Revealed when the round ends: it was withheld.
    event Revealed(uint40 indexed round, address indexed auditor, bytes32 secret);
    /// @notice The listing will be drawn by this round's seed.
    event DrawRequested(bytes32 indexed listingId, uint40 indexed round);
    /// @notice The listing's round failed: too few secrets were revealed, or too few auditors can be drawn. It is bound
    /// to `round` now; `failedDraws` have failed so far.
    event DrawPostponed(bytes32 indexed listingId, uint40 indexed round, uint8 failedDraws);
    /// @notice These auditors were drawn by the round's seed, in this order. Until `exclusiveUntil` (Unix seconds as if
    /// no pause came) nobody else may vote on the listing; from then on every auditor may, which has no event.
    event AuditorsDrawn(
        bytes32 indexed listingId, uint40 indexed round, bytes32 seed, address[] auditors, uint40 exclusiveUntil
    );
    /// @notice The last of the rounds that a listing has failed too: every auditor may vote on it.
    event DrawOpened(bytes32 indexed listingId, uint40 indexed round);

    /// @notice It is not this half of the round now.
    error WrongPhase(Phase now_);
    /// @notice It is another round now.
    error WrongRound(uint40 current);
    /// @notice The auditor has committed to a secret of this round.
    error AlreadyCommitted(uint40 round, address auditor);
    /// @notice It is not what the caller committed to in this round, or the caller committed to nothing, or revealed it
    /// before.
    error WrongSecret(uint40 round, address auditor);

    /// @notice Commits to a secret of the current round. Auditor only, accredited now; in the first half of the round;
    /// once. The secret must be 32 random bytes that are used nowhere else.
    /// @dev Reverts with WrongRound, WrongPhase, NotAccredited, InvalidArgument (a commitment of zero), AlreadyCommitted.
    /// @param round the current one: so a transaction that is late commits to nothing
    /// @param commitment `commitmentOf(round, caller, secret)`
    function commit(uint40 round, bytes32 commitment) external;

    /// @notice Reveals the secret. By who committed to it, accredited or not; in the second half of the round.
    /// @dev Reverts with WrongRound, WrongPhase, WrongSecret.
    function reveal(uint40 round, bytes32 secret) external;

    /// @notice Asks for auditors of listings that are PENDING, by the next whole round. Anyone may. What is not
    /// pending, or was asked for before, is passed over: so nobody can stop a batch by sending a part of it first.
    function request(bytes32[] calldata listingIds) external;

    /// @notice Draws the auditors of listings whose round is over. Anyone may. Listings that are not pending, not asked
    /// for, or whose round is not over are passed over. The auditors are drawn from those who are accredited now; who
    /// is the provider or the payee, shares the institution of either, or withheld a secret of that round is not drawn.
    /// A round with fewer revealed secrets than `minReveals`, or with fewer such auditors than the market's quorum,
    /// fails: the listing is bound to the next whole round, or, after three, open to every auditor.
    function draw(ListingTerms[] calldata terms) external;

    /// @notice Asked by the market at each vote on a pending listing.
    /// @param time market time
    /// @return who may vote then: 0: every auditor; 1: nobody; otherwise the drawn auditors, 19 bits each, the last
    /// drawn in the lowest: slot (5 bits) | generation << 5
    function electorate(bytes32 listingId, uint40 time) external view returns (uint256);

    /// @return what was drawn, or asked for
    function assignmentOf(bytes32 listingId) external view returns (Assignment memory);

    /// @return round number of the current round
    /// @return phase its half
    /// @return endsAt first second of the next half
    function currentRound() external view returns (uint40 round, Phase phase, uint40 endsAt);

    /// @return reveals how many secrets were revealed in a round (so far)
    /// @return seed the round's seed; it changes with each secret until the round is over
    function roundOf(uint40 round) external view returns (uint256 reveals, bytes32 seed);

    /// @return what became of the auditor's secret of a round
    function secretOf(uint40 round, address auditor) external view returns (SecretStatus);

    /// @return `keccak256(abi.encode(chainid, this contract, round, auditor, secret))`
    function commitmentOf(uint40 round, address auditor, bytes32 secret) external view returns (bytes32);

    /// @return the market whose auditors and listings these are
    function market() external view returns (IMarketplace);

    /// @return length of a round, in seconds
    function roundSeconds() external view returns (uint40);

    /// @return how many auditors are drawn, if there are so many
    function seats() external view returns (uint8);

    /// @return how long only the drawn auditors may vote, in seconds of market time
    function exclusiveSeconds() external view returns (uint40);

    /// @return revealed secrets that a seed takes: the market's quorum, at least two
    function minReveals() external view returns (uint8);
}
