// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessLog} from "./interfaces/IAccessLog.sol";
import {Roles} from "./libraries/Roles.sol";
import {Registry} from "./Registry.sol";

abstract contract AccessLog is Registry, IAccessLog {
    mapping(bytes32 root => uint64) public anchorIndexOf;
    uint64 public anchorCount;
    uint64 public accessesTold;

    function anchorAccess(bytes32 root, uint32 count, uint40 firstTime, uint40 lastTime) external returns (uint64 index) {
        _requireRole(msg.sender, Roles.ANCHORER);
        if (root == 0 || count == 0 || firstTime > lastTime || lastTime > block.timestamp) revert InvalidAnchor(root);
        if (anchorIndexOf[root] != 0) revert AlreadyAnchored(root, anchorIndexOf[root]);
        index = ++anchorCount;
        anchorIndexOf[root] = index;
        emit AccessAnchored(index, root, count, firstTime, lastTime);
    }

    function tellAccesses(uint64 first, bytes32[] calldata hashes) external {
        _requireRole(msg.sender, Roles.ANCHORER);
        uint64 number = accessesTold;
        if (first != number + 1) revert AccessOutOfOrder(first, number + 1);
        for (uint256 i; i < hashes.length; ++i) emit AccessTold(++number, hashes[i]);
        accessesTold = number;
    }
}
