// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuditDraw} from "./interfaces/IAuditDraw.sol";
import {IMarketplace} from "./interfaces/IMarketplace.sol";
import {IRegistry} from "./interfaces/IRegistry.sol";
import {Electorate} from "./libraries/Electorate.sol";
import {Lots} from "./libraries/Lots.sol";
import {Roles} from "./libraries/Roles.sol";
import {Votes} from "./libraries/Votes.sol";

/// @dev Immutable, like its market, which names it. See docs/market.md and docs/adr/0011-auditors-by-lot.md.
contract AuditDraw is IAuditDraw {
    struct Round {
        uint256 reveals;
        /// @dev Sum (exclusive or) of a hash of each revealed secret: the same in whatever order they come.
        bytes32 mix;
    }

    /// @dev One word a listing.
    /// @param seats packed as libraries/Electorate.sol says
    struct Stored {
        AssignmentStatus status;
        uint8 failedDraws;
        uint40 round;
        uint40 exclusiveUntil;
        uint152 seats;
    }

    /// @dev An auditor who can be drawn, as things are now.
    struct Candidate {
        address account;
        bytes32 institution;
        uint256 seat;
    }

    uint8 private constant MAX_SEATS = 8;
    uint40 private constant MAX_SECONDS = 365 days;
    uint8 private constant MAX_FAILED_DRAWS = 3;
    /// @dev In place of a commitment whose secret was revealed: no hash is this.
    bytes32 private constant REVEALED = bytes32(uint256(1));

    IMarketplace public immutable market;
    uint40 public immutable roundSeconds;
    uint40 public immutable exclusiveSeconds;
    uint8 public immutable seats;
    uint8 public immutable minReveals;
    uint8 private immutable _quorum;

    mapping(bytes32 listingId => Stored) private _assignments;
    mapping(uint40 round => Round) private _rounds;
    mapping(uint40 round => mapping(address auditor => bytes32)) private _commitments;

    /// @param market_ a market whose `auditorDraw` is this contract; it must be there
    /// @param roundSeconds_ even, above 0, at most a year
    /// @param seats_ the market's quorum to 8
    /// @param exclusiveSeconds_ above 0, at most a year
    constructor(IMarketplace market_, uint40 roundSeconds_, uint8 seats_, uint40 exclusiveSeconds_) {
        if (market_.auditorDraw() != address(this)) revert InvalidArgument("market");
        if (roundSeconds_ == 0 || roundSeconds_ > MAX_SECONDS || roundSeconds_ % 2 != 0) revert InvalidArgument("roundSeconds");
        uint8 quorum = market_.quorum();
        if (seats_ < quorum || seats_ > MAX_SEATS) revert InvalidArgument("seats");
        if (exclusiveSeconds_ == 0 || exclusiveSeconds_ > MAX_SECONDS) revert InvalidArgument("exclusiveSeconds");
        market = market_;
        roundSeconds = roundSeconds_;
        exclusiveSeconds = exclusiveSeconds_;
        seats = seats_;
        // One alone would choose the seed.
        minReveals = quorum < 2 ? 2 : quorum;
        _quorum = quorum;
    }

    function commit(uint40 round, bytes32 commitment) external {
        _requirePhase(round, Phase.COMMIT);
        if (!market.isAccredited(msg.sender, Roles.AUDITOR)) revert NotAccredited(msg.sender, Roles.AUDITOR);
        if (commitment == 0) revert InvalidArgument("commitment");
        if (_commitments[round][msg.sender] != 0) revert AlreadyCommitted(round, msg.sender);
        _commitments[round][msg.sender] = commitment;
        emit Committed(round, msg.sender, commitment);
    }

    function reveal(uint40 round, bytes32 secret) external {
        _requirePhase(round, Phase.REVEAL);
        if (_commitments[round][msg.sender] != commitmentOf(round, msg.sender, secret)) {
            revert WrongSecret(round, msg.sender);
        }
        _commitments[round][msg.sender] = REVEALED;
        Round storage state = _rounds[round];
        ++state.reveals;
        state.mix ^= keccak256(abi.encode(msg.sender, secret));
        emit Revealed(round, msg.sender, secret);
    }

    function request(bytes32[] calldata listingIds) external {
        uint40 next = _currentRound() + 1;
        for (uint256 i; i < listingIds.length; ++i) {
            Stored storage stored = _assignments[listingIds[i]];
            if (stored.status != AssignmentStatus.NONE || !_isPending(listingIds[i])) continue;
            (stored.status, stored.round) = (AssignmentStatus.REQUESTED, next);
            emit DrawRequested(listingIds[i], next);
        }
    }

    function draw(ListingTerms[] calldata terms) external {
        Candidate[] memory auditors = _auditors();
        uint40 current = _currentRound();
        for (uint256 i; i < terms.length; ++i) {
            bytes32 listingId = market.listingIdOf(terms[i]);
            Stored memory stored = _assignments[listingId];
            bool due = stored.status == AssignmentStatus.REQUESTED && stored.round < current;
            if (!due || !_isPending(listingId)) continue;
            _decide(terms[i], listingId, stored, auditors);
            _assignments[listingId] = stored;
        }
    }

    function electorate(bytes32 listingId, uint40 time) external view returns (uint256) {
        Stored memory stored = _assignments[listingId];
        if (stored.status == AssignmentStatus.DRAWN && time <= stored.exclusiveUntil) return stored.seats;
        return stored.status < AssignmentStatus.DRAWN ? Electorate.NOBODY : Electorate.ANYONE;
    }

    function assignmentOf(bytes32 listingId) external view returns (Assignment memory assignment) {
        Stored memory stored = _assignments[listingId];
        assignment.status = stored.status;
        assignment.failedDraws = stored.failedDraws;
        assignment.round = stored.round;
        assignment.exclusiveUntil = stored.exclusiveUntil;
        uint256 count;
        for (uint256 list = stored.seats; list != 0; list = Votes.rest(list)) ++count;
        assignment.seats = new Seat[](count);
        for (uint256 list = stored.seats; list != 0; list = Votes.rest(list)) {
            uint256 seat = Votes.first(list);
            assignment.seats[--count] = Seat(Votes.slotOf(seat), Votes.generationOf(seat));
        }
    }

    function currentRound() external view returns (uint40 round, Phase phase, uint40 endsAt) {
        round = _currentRound();
        phase = _phase();
        endsAt = round * roundSeconds + (phase == Phase.COMMIT ? roundSeconds / 2 : roundSeconds);
    }

    function roundOf(uint40 round) external view returns (uint256 reveals, bytes32 seed) {
        return (_rounds[round].reveals, _seedOf(round));
    }

    function secretOf(uint40 round, address auditor) external view returns (SecretStatus) {
        bytes32 commitment = _commitments[round][auditor];
        if (commitment == 0) return SecretStatus.NONE;
        if (commitment == REVEALED) return SecretStatus.REVEALED;
        return round < _currentRound() ? SecretStatus.WITHHELD : SecretStatus.COMMITTED;
    }

    function commitmentOf(uint40 round, address auditor, bytes32 secret) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), round, auditor, secret));
    }

    function _currentRound() private view returns (uint40) {
        return uint40(block.timestamp / roundSeconds);
    }

    function _phase() private view returns (Phase) {
        return block.timestamp % roundSeconds < roundSeconds / 2 ? Phase.COMMIT : Phase.REVEAL;
    }

    function _requirePhase(uint40 round, Phase wanted) private view {
        uint40 current = _currentRound();
        if (round != current) revert WrongRound(current);
        Phase phase = _phase();
        if (phase != wanted) revert WrongPhase(phase);
    }

    function _seedOf(uint40 round) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), round, _rounds[round].mix));
    }

    function _isPending(bytes32 listingId) private view returns (bool) {
        return market.listing(listingId).status == ListingStatus.PENDING;
    }

    /// @dev All auditors who are accredited now.
    function _auditors() private view returns (Candidate[] memory auditors) {
        auditors = new Candidate[](Votes.SLOTS);
        uint256 count;
        for (uint8 slot; slot < Votes.SLOTS; ++slot) {
            IRegistry.AuditorSlot memory holder = market.auditorSlot(slot);
            if (holder.validUntil < block.timestamp) continue;
            auditors[count++] = Candidate({
                account: holder.account,
                institution: market.participant(holder.account).institution,
                seat: uint256(slot) | uint256(holder.generation) << 5
            });
        }
        assembly ("memory-safe") {
            mstore(auditors, count)
        }
    }

    /// @dev Writes into `stored` what becomes of a listing whose round is over, and tells of it.
    function _decide(
        ListingTerms calldata terms,
        bytes32 listingId,
        Stored memory stored,
        Candidate[] memory auditors
    ) private {
        bytes32 seed = _seedOf(stored.round);
        (uint256 list, address[] memory accounts) = _choose(terms, listingId, stored.round, seed, auditors);
        if (accounts.length >= _quorum && _rounds[stored.round].reveals >= minReveals) {
            stored.status = AssignmentStatus.DRAWN;
            stored.seats = uint152(list);
            stored.exclusiveUntil = market.marketTime() + exclusiveSeconds;
            emit AuditorsDrawn(listingId, stored.round, seed, accounts, uint40(block.timestamp) + exclusiveSeconds);
        } else if (++stored.failedDraws == MAX_FAILED_DRAWS) {
            stored.status = AssignmentStatus.OPEN;
            emit DrawOpened(listingId, stored.round);
        } else {
            stored.round = _currentRound() + 1;
            emit DrawPostponed(listingId, stored.round, stored.failedDraws);
        }
    }

    /// @return list the drawn auditors, packed as they are stored
    /// @return accounts the same
    function _choose(
        ListingTerms calldata terms,
        bytes32 listingId,
        uint40 round,
        bytes32 seed,
        Candidate[] memory auditors
    ) private view returns (uint256 list, address[] memory accounts) {
        bytes32 providers = market.participant(terms.provider).institution;
        bytes32 payees = market.participant(terms.payee).institution;
        Lots.Urn memory urn = Lots.create(seats);
        for (uint256 i; i < auditors.length; ++i) {
            Candidate memory auditor = auditors[i];
            // Providers and payees that are auditors themselves are of their own institution.
            if (auditor.institution == providers || auditor.institution == payees) continue;
            bytes32 commitment = _commitments[round][auditor.account];
            if (commitment != 0 && commitment != REVEALED) continue;
            Lots.put(urn, uint256(keccak256(abi.encode(seed, listingId, auditor.seat & 31, auditor.seat >> 5))), i);
        }
        accounts = new address[](urn.count);
        for (uint256 i; i < urn.count; ++i) {
            Candidate memory auditor = auditors[urn.items[i]];
            accounts[i] = auditor.account;
            list = Votes.prepend(list, auditor.seat);
        }
    }
}
