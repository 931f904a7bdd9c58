// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessLog} from "../src/interfaces/IAccessLog.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

contract AccessLogTest is Fixture {
    event AccessAnchored(uint64 indexed index, bytes32 root, uint32 count, uint40 firstTime, uint40 lastTime);

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

    function _refused(bytes32 root, uint32 count, uint256 first, uint256 last) private {
        vm.prank(anchorer);
        vm.expectRevert(abi.encodeWithSelector(IAccessLog.InvalidAnchor.selector, root));
        market.anchorAccess(root, count, uint40(first), uint40(last));
    }
}
