// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AccessLog} from "./AccessLog.sol";
import {Audit} from "./Audit.sol";
import {Disputes} from "./Disputes.sol";
import {IMarketplace} from "./interfaces/IMarketplace.sol";
import {MarketClock} from "./MarketClock.sol";
import {Trade} from "./Trade.sol";

/// @dev Immutable: a new version is a new address and a migration. See docs/market.md.
contract Marketplace is IMarketplace, Disputes, AccessLog {
    constructor(MarketConfig memory config)
        AccessManaged(config.manager)
        EIP712("Galen Marketplace", "1")
        MarketClock(config.maxPause)
        Audit(config.quorum, config.auditorDraw)
        Trade(config.token, config.treasury, config.feeBps, config.deliveryWindow, config.settleWindow)
        Disputes(config.disputeWindow)
    {}

    /// @dev As OpenZeppelin's, with constants: the contract is near the size limit.
    function eip712Domain()
        public
        view
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (hex"0f", "Galen Marketplace", "1", block.chainid, address(this), 0, new uint256[](0));
    }

    /// @inheritdoc IMarketplace
    function nonces(address account) public view override(IMarketplace, Nonces) returns (uint256) {
        return super.nonces(account);
    }
}
