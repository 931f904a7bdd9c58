// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessLog} from "../src/interfaces/IAccessLog.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

contract AccessLogTest is Fixture {
    event AccessAnchored(uint64 indexed index, bytes32 root, uint32 count, uint40 firstTime, uint40 lastTime);
    event AccessTold(uint64 indexed number, bytes32 hash);

    function test_anchorsBatchesInOrder() public {
        for (uint64 i = 1; i <= 3; ++i) {
            vm.expectEmit(true, true, true, true, address(market));
            emit AccessAnchored(i, bytes32(uint256(i)), 5, uint40(START) - 1, uint40(START));
            vm.prank(anchorer);
            same(market.anchorAccess(bytes32(uint256(i)), 5, uint40(START) - 1, uint40(START)), i, "index");
            same(market.anchorIndexOf(bytes32(uint256(i))), i, "anchorIndexOf");
        }
        same(market.anchorCount(), 3, "count");
        same(market.anchorIndexOf("unknown"), 0, "unknown root");
    }

    function test_aBatchIsAnchoredOnce() public {
        vm.startPrank(anchorer);
        market.anchorAccess("root", 1, uint40(START), uint40(START));
        vm.expectRevert(abi.encodeWithSelector(IAccessLog.AlreadyAnchored.selector, bytes32("root"), uint64(1)));
        market.anchorAccess("root", 1, uint40(START), uint40(START));
        vm.stopPrank();
    }

    function test_refusesMalformedBatches() public {
        _refused(0, 1, START, START);
        _refused("root", 0, START, START);
        _refused("root", 1, START, START - 1);
        _refused("root", 1, START, START + 1);
    }

    function test_onlyAnAccreditedAnchorerAnchors() public {
        vm.prank(deliverer);
        vm.expectRevert(_notAccredited(deliverer, Roles.ANCHORER));
        market.anchorAccess("root", 1, 1, 1);
        _revoke(anchorer);
        vm.prank(anchorer);
        vm.expectRevert(_notAccredited(anchorer, Roles.ANCHORER));
        market.anchorAccess("root", 1, 1, 1);
    }

    function test_tellsAccessesInOrder() public {
        _tell(1, 3);
        same(market.accessesTold(), 3, "three");
        _tell(4, 1);
        same(market.accessesTold(), 4, "four");
        _tell(5, 0);
        same(market.accessesTold(), 4, "none");
        same(market.anchorCount(), 0, "anchors are counted apart");
    }

    function test_refusesAGapAndARepetition(uint8 told, uint8 count, uint64 first) public {
        _tell(1, told);
        uint64 expected = uint64(told) + 1;
        vm.assume(first != expected);
        bytes32[] memory hashes = _hashes(first, count);
        vm.prank(anchorer);
        vm.expectRevert(abi.encodeWithSelector(IAccessLog.AccessOutOfOrder.selector, first, expected));
        market.tellAccesses(first, hashes);
        same(market.accessesTold(), told, "unchanged");
    }

    function test_onlyAnAccreditedAnchorerTells() public {
        bytes32[] memory hashes = _hashes(1, 1);
        vm.prank(deliverer);
        vm.expectRevert(_notAccredited(deliverer, Roles.ANCHORER));
        market.tellAccesses(1, hashes);
        _revoke(anchorer);
        vm.prank(anchorer);
        vm.expectRevert(_notAccredited(anchorer, Roles.ANCHORER));
        market.tellAccesses(1, hashes);
    }

    function _tell(uint64 first, uint64 count) private {
        bytes32[] memory hashes = _hashes(first, count);
        for (uint64 i; i < count; ++i) {
            vm.expectEmit(true, true, true, true, address(market));
            emit AccessTold(first + i, hashes[i]);
        }
        vm.prank(anchorer);
        market.tellAccesses(first, hashes);
    }

    function _hashes(uint64 first, uint64 count) private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint64 i; i < count; ++i) hashes[i] = keccak256(abi.encode(first, i));
    }

    function _refused(bytes32 root, uint32 count, uint256 first, uint256 last) private {
        vm.prank(anchorer);
        vm.expectRevert(abi.encodeWithSelector(IAccessLog.InvalidAnchor.selector, root));
        market.anchorAccess(root, count, uint40(first), uint40(last));
    }
}
