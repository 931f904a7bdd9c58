// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Pause and the clock that stops with it
/// @notice A pause stops new business (register a listing, vote, purchase, deliver) and the clock that deadlines are measured
/// with. It ends by itself after `maxPause` seconds, and the next may start `maxPause` seconds after its end: so a pauser can
/// delay money, never freeze it.
interface IMarketClock is IMarketTypes {
    /// @notice New business is stopped until this Unix time (seconds) at the latest, and the market's clock with it.
    event MarketPausedUntil(uint40 until);
    /// @notice The pause was ended at this Unix time (seconds). One that ends by itself has no event.
    event MarketResumed(uint40 time);

    /// @notice Another pause may start at `from`.
    error PauseTooSoon(uint40 from);
    /// @notice The market is not paused.
    error NotPaused();

    /// @notice Pauses the market. Pauser only.
    /// @dev Reverts with PauseTooSoon.
    function pause() external;

    /// @notice Ends the pause early. Pauser only.
    /// @dev Reverts with NotPaused.
    function unpause() external;

    /// @return whether a pause is running now
    function paused() external view returns (bool);

    /// @return seconds that the market has been running: Unix time less all pauses
    function marketTime() external view returns (uint40);

    /// @return longest pause, in seconds
    function maxPause() external view returns (uint40);
}
