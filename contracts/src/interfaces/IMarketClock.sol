// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Pause and the clock that stops with it
/// @notice A pause stops new business (register a listing, vote, purchase, deliver) and the clock that deadlines are measured
/// with. It ends by itself after `maxPause` seconds, and the next may start `maxPause` seconds after its end: so a pauser can
/// delay money, never freeze it.
interface IMarketClock is IMarketTypes {
    event MarketPausedUntil(uint40 until);
    event MarketResumed(uint40 time);

    /// @notice Another pause may start at `from`.
    error PauseTooSoon(uint40 from);
    /// @notice The market is not paused.
    error NotPaused();

    /// @notice Pauses the market. Pauser only.
    function pause() external;

    /// @notice Ends the pause early. Pauser only.
    function unpause() external;

    function paused() external view returns (bool);

    /// @return seconds that the market has been running: Unix time less all pauses
    function marketTime() external view returns (uint40);

    /// @return longest pause, in seconds
    function maxPause() external view returns (uint40);
}
