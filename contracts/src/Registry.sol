// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";
import {IRegistry} from "./interfaces/IRegistry.sol";
import {Roles} from "./libraries/Roles.sol";
import {Votes} from "./libraries/Votes.sol";
import {ProofVerifier} from "./ProofVerifier.sol";

abstract contract Registry is AccessManaged, IRegistry {
    IProofVerifier public immutable proofVerifier;

    mapping(address account => Participant) private _participants;
    mapping(uint8 slot => AuditorSlot) private _auditorSlots;

    constructor() {
        proofVerifier = new ProofVerifier();
    }

    function registerParticipants(Registration[] calldata registrations) external restricted {
        for (uint256 i; i < registrations.length; ++i) _register(registrations[i]);
    }

    function revokeParticipants(address[] calldata accounts) external restricted {
        for (uint256 i; i < accounts.length; ++i) {
            address account = accounts[i];
            Participant storage record = _participants[account];
            if (record.roles == 0) revert NotRegistered(account);
            if (record.roles & Roles.AUDITOR != 0) _vacate(record.auditorSlot);
            record.roles = 0;
            record.validUntil = 0;
            emit ParticipantRevoked(account);
        }
    }

    function participant(address account) external view returns (Participant memory) {
        return _participants[account];
    }

    function auditorSlot(uint8 slot) external view returns (AuditorSlot memory) {
        return _auditorSlots[slot];
    }

    function isAccredited(address account, uint16 roles) external view returns (bool) {
        Participant storage record = _participants[account];
        return roles != 0 && record.roles & roles == roles && record.validUntil >= block.timestamp;
    }

    /// @dev Reverts unless `account` holds the one role now.
    /// @return head first word of the record: roles (16 bits, lowest), kind (8), slot (8), generation (16), validUntil (40),
    /// recipientCommitment (160)
    function _requireRole(address account, uint16 role) internal view returns (uint256 head) {
        Participant storage record = _participants[account];
        assembly ("memory-safe") {
            // At once: the compiler would read the word again for each field.
            head := sload(record.slot)
        }
        if (head & role == 0 || uint40(head >> 48) < block.timestamp) revert NotAccredited(account, role);
    }

    /// @param head what `_requireRole` returned
    function _recipientOf(uint256 head) internal pure returns (bytes20) {
        return bytes20(uint160(head >> 88));
    }

    /// @dev Whether a packed vote is one of the auditor who holds the slot now, and is accredited now.
    function _voteCounts(uint256 vote) internal view returns (bool) {
        AuditorSlot memory slot = _auditorSlots[Votes.slotOf(vote)];
        return slot.generation == Votes.generationOf(vote) && slot.validUntil >= block.timestamp;
    }

    function _register(Registration calldata r) private {
        proofVerifier.checkRegistration(r);
        bool audits = r.roles & Roles.AUDITOR != 0;
        Participant storage old = _participants[r.account];
        if (old.roles & Roles.AUDITOR != 0 && !(audits && old.auditorSlot == r.auditorSlot)) _vacate(old.auditorSlot);
        uint16 generation = audits ? _occupy(r.auditorSlot, r.account, r.validUntil) : 0;
        _participants[r.account] = Participant({
            roles: r.roles,
            kind: r.kind,
            auditorSlot: r.auditorSlot,
            generation: generation,
            validUntil: r.validUntil,
            recipientCommitment: r.recipientCommitment,
            institution: r.institution,
            credentialCommitment: r.credentialCommitment
        });
        emit ParticipantRegistered(
            r.account,
            r.institution,
            r.roles,
            r.kind,
            r.auditorSlot,
            generation,
            r.validUntil,
            r.credentialCommitment,
            r.recipientCommitment
        );
    }

    /// @dev The generation stays, so that the next holder's is a new one.
    function _vacate(uint8 slot) private {
        _auditorSlots[slot].account = address(0);
        _auditorSlots[slot].validUntil = 0;
    }

    function _occupy(uint8 number, address account, uint40 validUntil) private returns (uint16 generation) {
        AuditorSlot memory slot = _auditorSlots[number];
        generation = slot.generation;
        if (slot.account != account) {
            if (slot.account != address(0)) {
                if (slot.validUntil >= block.timestamp) revert AuditorSlotTaken(number, slot.account);
                // The expired holder must not vote under the new holder's slot once renewed.
                _participants[slot.account].roles &= ~Roles.AUDITOR;
            }
            if (++generation > Votes.MAX_GENERATION) revert InvalidRegistration(account, "auditorSlot");
        }
        _auditorSlots[number] = AuditorSlot({account: account, generation: generation, validUntil: validUntil});
    }
}
