// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IRegistry} from "../src/interfaces/IRegistry.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

contract RegistryTest is Fixture {
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
    event ParticipantRevoked(address indexed account);

    function test_registersABatchOfOneInstitution() public {
        IRegistry.Registration[] memory batch = new IRegistry.Registration[](2);
        batch[0] = _registration(address(1), Roles.BUYER, 0, FAR);
        batch[1] = _registration(address(2), Roles.BUYER | Roles.PROVIDER, 0, FAR);
        for (uint256 i; i < 2; ++i) {
            vm.expectEmit(true, true, true, true, address(market));
            emit ParticipantRegistered(
                batch[i].account,
                batch[i].institution,
                batch[i].roles,
                1,
                0,
                0,
                FAR,
                batch[i].credentialCommitment,
                batch[i].recipientCommitment
            );
        }
        market.registerParticipants(batch);
        IRegistry.Participant memory stored = market.participant(address(2));
        same(stored.roles, Roles.BUYER | Roles.PROVIDER, "roles");
        same(stored.institution, batch[0].institution, "institution");
        same(stored.credentialCommitment, batch[1].credentialCommitment, "credential");
        same(stored.recipientCommitment, batch[1].recipientCommitment, "recipient");
        same(stored.kind, 1, "kind");
        same(stored.validUntil, FAR, "validUntil");
    }

    /// A record without an auditor's role has slot number 0 in it, which is somebody else's.
    function test_revokingOthersLeavesTheFirstAuditorsSlot() public {
        bytes32 id = _list(1);
        _revoke(buyer);
        same(market.auditorSlot(0).account, auditors[0], "holder");
        vm.prank(auditors[0]);
        market.vote(id, true, 0);
        (uint8 approvals,) = market.tally(id);
        same(approvals, 1, "the vote counts");
    }

    function test_anAuditorOfTheFirstSlotWhoBecomesABuyerVacatesIt() public {
        _register(market, auditors[0], Roles.BUYER, 0, FAR);
        same(market.auditorSlot(0).account, address(0), "holder");
        same(market.auditorSlot(0).validUntil, 0, "validUntil");
    }

    function test_onlyTheRegistrarAdministers() public {
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.prank(stranger);
        vm.expectRevert(refused);
        market.registerParticipants(new IRegistry.Registration[](0));
        vm.prank(stranger);
        vm.expectRevert(refused);
        market.revokeParticipants(new address[](0));
        vm.prank(stranger);
        vm.expectRevert(refused);
        market.pause();
        vm.prank(stranger);
        vm.expectRevert(refused);
        market.unpause();
    }

    function test_refusesMalformedRegistrations() public {
        IRegistry.Registration memory r = _registration(address(0), Roles.BUYER, 0, FAR);
        _refused(r, "account");
        r.account = address(1);
        r.institution = 0;
        _refused(r, "institution");
        r = _registration(address(1), 0, 0, FAR);
        _refused(r, "roles");
        r.roles = Roles.ALL + 1;
        _refused(r, "roles");
        r = _registration(address(1), Roles.BUYER, 0, FAR);
        r.kind = 0;
        _refused(r, "kind");
        r = _registration(address(1), Roles.BUYER, 0, uint40(block.timestamp - 1));
        _refused(r, "validUntil");
        r = _registration(address(1), Roles.BUYER, 0, FAR);
        r.credentialCommitment = 0;
        _refused(r, "credentialCommitment");
        _refused(_registration(address(1), Roles.BUYER, 1, FAR), "auditorSlot");
        _refused(_registration(address(1), Roles.AUDITOR, 32, FAR), "auditorSlot");
        // The borders are in.
        _register(market, address(1), Roles.ALL, 31, uint40(block.timestamp));
        check(market.isAccredited(address(1), Roles.ALL), "all roles in the last slot until now");
    }

    function test_accreditationEndsAfterItsLastSecond() public {
        _register(market, address(1), Roles.BUYER, 0, uint40(START + 10));
        vm.warp(START + 10);
        check(market.isAccredited(address(1), Roles.BUYER), "last second");
        check(!market.isAccredited(address(1), Roles.BUYER | Roles.PROVIDER), "all roles of the mask");
        check(!market.isAccredited(address(1), 0), "no role asked");
        vm.warp(START + 11);
        check(!market.isAccredited(address(1), Roles.BUYER), "one second later");
    }

    function test_revocationIsImmediate() public {
        vm.expectEmit(true, true, true, true, address(market));
        emit ParticipantRevoked(buyer);
        _revoke(buyer);
        check(!market.isAccredited(buyer, Roles.BUYER), "revoked");
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NotRegistered.selector, buyer));
        _revoke(buyer);
        same(market.participant(buyer).validUntil, 0, "validUntil");
    }

    function test_revokingAnAuditorVacatesTheSlot() public {
        _revoke(auditors[0]);
        IRegistry.AuditorSlot memory slot = market.auditorSlot(0);
        same(slot.account, address(0), "holder");
        same(slot.validUntil, 0, "validUntil");
        same(slot.generation, 1, "generation stays");
        _revoke(buyer);
        same(market.auditorSlot(1).account, auditors[1], "others keep theirs");
        _register(market, address(1), Roles.AUDITOR, 0, FAR);
        same(market.auditorSlot(0).generation, 2, "next generation");
        same(market.participant(address(1)).generation, 2, "participant's generation");
    }

    function test_aSlotIsNotTakenFromAValidAuditor() public {
        _register(market, auditors[0], Roles.AUDITOR, 0, uint40(START + 10));
        vm.warp(START + 10);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.AuditorSlotTaken.selector, uint8(0), auditors[0]));
        _register(market, address(1), Roles.AUDITOR, 0, FAR);
        vm.warp(START + 11);
        _register(market, address(1), Roles.AUDITOR, 0, FAR);
        same(market.auditorSlot(0).account, address(1), "taken after expiry");
        same(market.participant(auditors[0]).roles, 0, "the old holder is no auditor any more");
        // Renewed without a slot of its own, the old holder cannot vote under the new holder's.
        bytes32 id = _list(1);
        vm.prank(auditors[0]);
        vm.expectRevert(_notAccredited(auditors[0], Roles.AUDITOR));
        market.vote(id, true, 0);
    }

    function test_renewalKeepsTheGenerationAndMovingStartsANewOne() public {
        _register(market, auditors[0], Roles.AUDITOR | Roles.CUSTODIAN, 0, FAR - 1);
        same(market.auditorSlot(0).generation, 1, "renewed");
        same(market.auditorSlot(0).validUntil, FAR - 1, "renewed until");
        _register(market, auditors[0], Roles.AUDITOR, 9, FAR);
        same(market.auditorSlot(0).account, address(0), "old slot is free");
        same(market.auditorSlot(9).account, auditors[0], "new slot");
        _register(market, auditors[0], Roles.BUYER, 0, FAR);
        same(market.auditorSlot(9).account, address(0), "no auditor any more");
        _register(market, auditors[0], Roles.AUDITOR, 9, FAR);
        same(market.participant(auditors[0]).generation, 2, "back in the same slot as somebody new");
    }

    /// A re-used slot inherits nothing: the prototype counted the old holder's vote for the new one.
    function test_aReusedSlotInheritsNoVote() public {
        bytes32 id = _list(1);
        _vote(0, id, true);
        _revoke(auditors[0]);
        _register(market, address(1), Roles.AUDITOR, 0, FAR);
        (uint8 approvals,) = market.tally(id);
        same(approvals, 0, "old vote");
        _vote(1, id, true);
        same(uint256(_status(id)), PENDING, "one valid vote");
        vm.prank(address(1));
        market.vote(id, true, 0);
        same(uint256(_status(id)), APPROVED, "two valid votes");
    }

    function test_generationsRunOutRatherThanRepeat() public {
        for (uint256 i = 1; i < 8191; ++i) {
            _revoke(auditors[0]);
            _register(market, auditors[0], Roles.AUDITOR, 0, FAR);
        }
        same(market.auditorSlot(0).generation, 8191, "last generation");
        _revoke(auditors[0]);
        _refused(_registration(auditors[0], Roles.AUDITOR, 0, FAR), "auditorSlot");
    }

    uint256 private constant PENDING = 1;
    uint256 private constant APPROVED = 2;

    function _refused(IRegistry.Registration memory r, string memory field) private {
        vm.expectRevert(abi.encodeWithSelector(IRegistry.InvalidRegistration.selector, r.account, field));
        _register(market, r);
    }
}
