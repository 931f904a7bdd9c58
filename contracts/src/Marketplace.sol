// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AccessLog} from "./AccessLog.sol";
import {Audit} from "./Audit.sol";
import {IMarketplace} from "./interfaces/IMarketplace.sol";
import {MarketClock} from "./MarketClock.sol";
import {Trade} from "./Trade.sol";

/// @dev Immutable: a new version is a new address and a migration. See docs/market.md.
contract Marketplace is IMarketplace, Audit, Trade, AccessLog {
    constructor(MarketConfig memory config)
        AccessManaged(config.manager)
        EIP712("Galen Marketplace", "1")
        MarketClock(config.maxPause)
        Audit(config.quorum)
        Trade(config.token, config.treasury, config.feeBps, config.deliveryWindow, config.settleWindow)
    {}
}
