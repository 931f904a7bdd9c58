// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";
import {IProofVerifier} from "./IProofVerifier.sol";

/// @title Who may do what
/// @notice One record an account; an institution may have several. Nothing here is personal: commitments are salted hashes.
interface IRegistry is IMarketTypes {
    /// @param account the wallet
    /// @param institution hash that all wallets of one institution share
    /// @param roles mask of role bits, not empty
    /// @param kind what kind of institution (or person), from 1
    /// @param auditorSlot 0 to 31, for auditors; 0 for others
    /// @param validUntil last second of the accreditation
    /// @param credentialCommitment salted hash of the credential that was checked
    /// @param recipientCommitment first 20 bytes of keccak256 of the age recipient (UTF-8) that keys are wrapped for; zero if
    /// it receives none
    struct Registration {
        address account;
        bytes32 institution;
        uint16 roles;
        uint8 kind;
        uint8 auditorSlot;
        uint40 validUntil;
        bytes32 credentialCommitment;
        bytes20 recipientCommitment;
    }

    /// @notice A registration as it is stored: what a step asks for is in the first word. `generation` tells holders of one
    /// auditor slot apart, from 1.
    struct Participant {
        uint16 roles;
        uint8 kind;
        uint8 auditorSlot;
        uint16 generation;
        uint40 validUntil;
        bytes20 recipientCommitment;
        bytes32 institution;
        bytes32 credentialCommitment;
    }

    /// @notice Who holds an auditor slot now. A vote counts while its generation is this one and `validUntil` is not past.
    struct AuditorSlot {
        address account;
        uint16 generation;
        uint40 validUntil;
    }

    /// @notice An account was registered, or its record replaced. `validUntil` is the last second (Unix time) of its
    /// accreditation; `generation` is 0 if it is no auditor.
    event ParticipantRegistered(
        address indexed account,
        bytes32 indexed institution,
        uint16 roles,
        uint8 kind,
        uint8 auditorSlot,
        uint16 generation,
        uint40 validUntil,
        bytes32 credentialCommitment,
        bytes20 recipientCommitment
    );
    /// @notice The account can start nothing from now on.
    event ParticipantRevoked(address indexed account);

    /// @notice The registration is malformed: `field` names what is zero or out of range.
    error InvalidRegistration(address account, string field);
    /// @notice The slot belongs to another auditor whose accreditation still runs.
    error AuditorSlotTaken(uint8 slot, address holder);
    /// @notice The account is not registered.
    error NotRegistered(address account);

    /// @notice Registers or renews participants. Registrar only. Renewing an auditor in the same slot keeps the generation
    /// and the votes; every other assignment of a slot starts a new generation that inherits nothing.
    /// @dev Reverts with InvalidRegistration, AuditorSlotTaken; then none is registered.
    function registerParticipants(Registration[] calldata registrations) external;

    /// @notice Takes all roles away, at once. Registrar only.
    /// @dev Reverts with NotRegistered; then none is revoked.
    function revokeParticipants(address[] calldata accounts) external;

    /// @return the record of an account; all zero if there is none
    function participant(address account) external view returns (Participant memory);

    /// @return the holder of an auditor slot
    function auditorSlot(uint8 slot) external view returns (AuditorSlot memory);

    /// @return whether the account holds all roles of the mask now
    function isAccredited(address account, uint16 roles) external view returns (bool);

    /// @return the contract that checks arguments, ring signatures and Merkle paths for this market
    function proofVerifier() external view returns (IProofVerifier);
}
