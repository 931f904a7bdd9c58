// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Roles} from "../../../src/libraries/Roles.sol";
import {vm} from "../Vm.sol";
import {HandlerState} from "./HandlerState.sol";

/// @dev Time, accreditations, pauses, anchors, and money that nobody asked for.
abstract contract WorldSteps is HandlerState {
    function warp(uint256 a) public {
        if (a % 3 == 0 && orders.length > 0) {
            // To the last second of an order's window, or the first after it.
            uint256 deadline = market.order(orders[_recent(a >> 8, orders.length)].orderId).deadline;
            uint40 time = market.marketTime();
            if (deadline > time) return _warpTo(block.timestamp + deadline - time + (a >> 16) % 2);
        }
        // Mostly hours, now and then days: a dispute's window is long.
        _warpTo(block.timestamp + (a >> 8) % (a % 6 == 1 ? 5 days : 12 hours));
    }

    function _warpTo(uint256 time) internal {
        vm.warp(time);
        _did("warp");
    }

    /// @dev Accreditations end, begin anew and move to others.
    function register(uint256 a, uint256 b) public {
        uint256 who = a % 8;
        uint40 until = (a >> 8) % 4 == 0 ? uint40(block.timestamp + b % 1 days) : FAR;
        if (who < 3) {
            if ((a >> 16) % 3 == 0) {
                address[] memory gone = new address[](1);
                gone[0] = auditors[who];
                if (market.participant(gone[0]).roles != 0) market.revokeParticipants(gone);
                // Somebody else takes the slot.
                auditorKeys[who] = 0xAD000 + ++nonce;
                auditors[who] = vm.addr(auditorKeys[who]);
            }
            // Mostly of an institution of its own; now and then of the provider's.
            bytes32 institution = keccak256(abi.encode("institution of", auditors[who]));
            if ((a >> 24) % 6 == 0) institution = market.participant(provider).institution;
            _register(auditors[who], Roles.AUDITOR, uint8(who), until, institution);
        } else if (who == 3) {
            _register(buyers[b % 2], Roles.BUYER, 0, until);
        } else if (who == 4) {
            _register(deliverer, Roles.DELIVERER, 0, until);
        } else if (who == 5) {
            _register(provider, Roles.PROVIDER, 0, until);
        } else if (who == 6) {
            _register(anchorer, Roles.ANCHORER, 0, until);
        } else {
            _register(relayer, Roles.RELAYER, 0, until);
        }
        _did("register");
    }

    function pause(uint256 a) public {
        if (a % 2 == 0) {
            try market.pause() {
                _did("pause");
            } catch {}
        } else {
            try market.unpause() {
                _did("unpause");
            } catch {}
        }
    }

    function anchor(uint256 a) public {
        bytes32 root = bytes32(a % 1000 + 1);
        bool known = market.anchorIndexOf(root) != 0;
        bool accredited = market.isAccredited(anchorer, Roles.ANCHORER);
        vm.prank(anchorer);
        try market.anchorAccess(root, 1, uint40(block.timestamp), uint40(block.timestamp)) {
            _forbid(known, "a batch was anchored twice");
            _forbid(!accredited, "9: anchored without accreditation");
            _did("anchor");
        } catch {}
        _tellAccesses(a >> 16);
    }

    /// @dev The next ones, or those told last once more, or ones ahead: only the next are taken.
    function _tellAccesses(uint256 a) internal {
        uint64 told = market.accessesTold();
        _forbid(told != accessesTold, "accesses were told by nobody");
        uint64 first = told + uint64(a % 3);
        bytes32[] memory hashes = new bytes32[]((a >> 8) % 4);
        bool accredited = market.isAccredited(anchorer, Roles.ANCHORER);
        vm.prank(anchorer);
        try market.tellAccesses(first, hashes) {
            _forbid(first != told + 1, "accesses were told twice, or with a gap");
            _forbid(!accredited, "9: told accesses without accreditation");
            accessesTold = told + uint64(hashes.length);
            _did("tellAccesses");
        } catch {
            _forbid(accredited && first == told + 1, "the next accesses were refused");
        }
    }

    function donate(uint256 a) public {
        token.mint(address(market), a % 1e6, keccak256(abi.encode("donation", ++nonce)));
        donated += a % 1e6;
    }
}
