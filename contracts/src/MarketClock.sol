// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IMarketClock} from "./interfaces/IMarketClock.sol";

/// @dev Seconds that the market ran: the clock stands still while it is paused, so every deadline moves with it.
abstract contract MarketClock is AccessManaged, IMarketClock {
    /// @param pausedAt when the last pause began; 0 if it was ended by `unpause`, or none began
    /// @param resumedAt when the last pause that was ended by `unpause` ended
    /// @param stopped seconds of all pauses that are accounted for, so not of one that `pausedAt` tells of
    struct Clock {
        uint40 pausedAt;
        uint40 resumedAt;
        uint40 stopped;
    }

    uint40 public immutable maxPause;
    Clock private _clock;

    constructor(uint40 maxPause_) {
        if (maxPause_ == 0) revert InvalidArgument("maxPause");
        maxPause = maxPause_;
    }

    function pause() external restricted {
        Clock memory clock = _clock;
        if (clock.pausedAt != 0) {
            // Either still running, or ended by itself: then account for it before the next one.
            clock.resumedAt = clock.pausedAt + maxPause;
            clock.stopped += maxPause;
        }
        uint40 from = clock.resumedAt == 0 ? 0 : clock.resumedAt + maxPause;
        if (block.timestamp < from) revert PauseTooSoon(from);
        clock.pausedAt = uint40(block.timestamp);
        _clock = clock;
        emit MarketPausedUntil(clock.pausedAt + maxPause);
    }

    function unpause() external restricted {
        Clock memory clock = _clock;
        if (!_isPaused(clock)) revert NotPaused();
        uint40 time = uint40(block.timestamp);
        _clock = Clock({pausedAt: 0, resumedAt: time, stopped: clock.stopped + (time - clock.pausedAt)});
        emit MarketResumed(time);
    }

    function paused() external view returns (bool) {
        return _isPaused(_clock);
    }

    function marketTime() external view returns (uint40) {
        return _marketTime();
    }

    /// @dev Market time, for steps that a pause does not stop.
    function _marketTime() internal view returns (uint40) {
        Clock memory clock = _clock;
        uint256 stopped = clock.stopped;
        if (clock.pausedAt != 0) {
            uint256 since = block.timestamp - clock.pausedAt;
            stopped += since < maxPause ? since : maxPause;
        }
        return uint40(block.timestamp - stopped);
    }

    /// @dev Market time, for steps that a pause stops.
    function _runningTime() internal view returns (uint40) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(_clock.slot)
        }
        // Never paused: nothing more to read or reckon.
        if (word == 0) return uint40(block.timestamp);
        Clock memory clock = _clock;
        if (clock.pausedAt == 0) return uint40(block.timestamp - clock.stopped);
        if (_isPaused(clock)) revert MarketPaused(clock.pausedAt + maxPause);
        return uint40(block.timestamp - clock.stopped - maxPause);
    }

    function _isPaused(Clock memory clock) private view returns (bool) {
        return clock.pausedAt != 0 && block.timestamp < uint256(clock.pausedAt) + maxPause;
    }
}
