// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessLog} from "./IAccessLog.sol";
import {IAnonymousListings} from "./IAnonymousListings.sol";
import {IAudit} from "./IAudit.sol";
import {IDisputes} from "./IDisputes.sol";
import {IListings} from "./IListings.sol";
import {IMarketClock} from "./IMarketClock.sol";
import {IRegistry} from "./IRegistry.sol";
import {ITrade} from "./ITrade.sol";

/// @title Galen Marketplace
/// @notice Administration goes through an OpenZeppelin AccessManager: REGISTRAR (registerParticipants, revokeParticipants,
/// registerRing, revokeRing), PAUSER (pause, unpause). Everything else is decided by roles of the registry.
interface IMarketplace is IMarketClock, IRegistry, IListings, IAnonymousListings, IAudit, ITrade, IDisputes, IAccessLog {
    /// @param manager the AccessManager
    /// @param token the payment token
    /// @param treasury who is credited the fees
    /// @param feeBps fee, in hundredths of a percent, at most 2000
    /// @param quorum votes that decide, 1 to 4
    /// @param deliveryWindow seconds, above 0, at most 100 years
    /// @param settleWindow seconds, above 0
    /// @param disputeWindow seconds, above 0
    /// @param maxPause seconds, above 0
    /// @param auditorDraw the contract that assigns auditors by lot; zero: every auditor may vote on every listing
    struct MarketConfig {
        address manager;
        address token;
        address treasury;
        uint16 feeBps;
        uint8 quorum;
        uint40 deliveryWindow;
        uint40 settleWindow;
        uint40 disputeWindow;
        uint40 maxPause;
        address auditorDraw;
    }

    /// @return number of the account's next signature of the kinds that are numbered (Reprice, Withdraw)
    function nonces(address account) external view returns (uint256);
}
