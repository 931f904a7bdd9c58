// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../src/interfaces/IListings.sol";
import {IRegistry} from "../src/interfaces/IRegistry.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev The layout that storage proofs rely on: docs/market.md.
contract StorageLayoutTest is Fixture {
    function test_aListingIsOneWordOfSlot7() public {
        bytes32 id = _list(1);
        _vote(0, id, true);
        uint256 word = uint256(vm.load(address(market), keccak256(abi.encode(id, uint256(7)))));
        IListings.Listing memory state = market.listing(id);
        same(uint64(word), state.price, "price");
        same(uint32(word >> 64), state.purposes, "purposes");
        same(uint8(word >> 96), uint256(state.status), "status");
        same(word >> 104, state.votes, "votes");
        check(state.votes != 0, "a vote is there");
    }

    function test_aVoteIs19BitsNewestFirst() public {
        bytes32 id = _list(1);
        _vote(2, id, true);
        _vote(1, id, false);
        uint256 older = 2 | 1 << 5 | 1 << 18;
        uint256 newer = 1 | 1 << 5;
        same(market.listing(id).votes, older << 19 | newer, "slot | generation << 5 | approve << 18");
    }

    function test_anOrderIsOneWordOfSlot10() public {
        bytes32 orderId = _purchase(_listApproved(1), 0);
        _deliver(orderId);
        uint256 word = uint256(vm.load(address(market), keccak256(abi.encode(orderId, uint256(10)))));
        ITrade.Order memory state = market.order(orderId);
        same(uint64(word), state.amount, "amount");
        same(uint40(word >> 64), state.deadline, "deadline");
        same(uint8(word >> 104), uint256(state.status), "status");
        same(bytes32(bytes18(uint144(word >> 112))), bytes32(state.commitment), "commitment");
    }

    function test_aParticipantStartsInSlot2() public view {
        uint256 slot = uint256(keccak256(abi.encode(auditors[1], uint256(2))));
        uint256 word = uint256(vm.load(address(market), bytes32(slot)));
        IRegistry.Participant memory state = market.participant(auditors[1]);
        same(uint16(word), state.roles, "roles");
        same(uint8(word >> 16), state.kind, "kind");
        same(uint8(word >> 24), state.auditorSlot, "slot");
        same(uint16(word >> 32), state.generation, "generation");
        same(uint40(word >> 48), state.validUntil, "validUntil");
        same(bytes32(bytes20(uint160(word >> 88))), state.recipientCommitment, "recipient");
        same(vm.load(address(market), bytes32(slot + 1)), state.institution, "institution");
        same(vm.load(address(market), bytes32(slot + 2)), state.credentialCommitment, "credential");
    }
}
