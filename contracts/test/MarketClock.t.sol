// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketClock} from "../src/interfaces/IMarketClock.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

contract MarketClockTest is Fixture {
    event MarketPausedUntil(uint40 until);
    event MarketResumed(uint40 time);

    function test_aPauseStopsNewBusiness() public {
        bytes32 pending = _list(1);
        bytes32 approved = _listApproved(2);
        bytes32 orderId = _purchase(approved, 0);
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(_terms(3), _offer(), START));
        uint40 until = uint40(START) + MAX_PAUSE;
        vm.expectEmit(true, true, true, true, address(market));
        emit MarketPausedUntil(until);
        market.pause();
        check(market.paused(), "paused");
        bytes memory refused = abi.encodeWithSelector(IMarketTypes.MarketPaused.selector, until);
        vm.prank(relayer);
        vm.expectRevert(refused);
        market.list(_terms(3), _offer(), START, consent);
        vm.prank(auditors[0]);
        vm.expectRevert(refused);
        market.vote(pending, true, 0);
        vm.prank(buyer);
        vm.expectRevert(refused);
        market.purchase(_items(approved, bytes32(uint256(1))));
        vm.prank(deliverer);
        vm.expectRevert(refused);
        market.deliver(orderId, "x");
        // A provider may still take the own data off the market.
        vm.prank(provider);
        market.delist(_terms(2));
        vm.expectEmit(true, true, true, true, address(market));
        emit MarketResumed(uint40(START));
        market.unpause();
        _deliver(orderId);
    }

    /// `deliver` paused while its deadline ran in the prototype.
    function test_aPauseExtendsTheDeliveryDeadline() public {
        bytes32 id = _listApproved(1);
        bytes32 orderId = _purchase(id, 0);
        vm.warp(START + DELIVERY_WINDOW - 10);
        market.pause();
        vm.warp(START + DELIVERY_WINDOW + 100);
        same(market.marketTime(), START + DELIVERY_WINDOW - 10, "the clock stands still");
        vm.expectRevert(
            abi.encodeWithSelector(
                ITrade.TooEarly.selector, orderId, uint40(START) + DELIVERY_WINDOW, uint40(START) + DELIVERY_WINDOW - 10
            )
        );
        market.refund(id, buyer, 0);
        market.unpause();
        same(market.marketTime(), START + DELIVERY_WINDOW - 10, "and goes on from there");
        vm.warp(START + DELIVERY_WINDOW + 110);
        _deliver(orderId);
    }

    function test_aPauseBlocksNoRefundThatIsDueAndNoSettlement() public {
        bytes32 id = _listApproved(1);
        bytes32 delivered = _purchase(id, 0);
        _purchase(id, bytes32(uint256(1)));
        bytes32 lapsed = _purchase(id, bytes32(uint256(2)));
        _deliver(delivered);
        _deliver(lapsed);
        vm.warp(START + DELIVERY_WINDOW + 1);
        market.pause();
        market.refund(id, buyer, bytes32(uint256(1)));
        vm.prank(buyer);
        market.settle(_terms(1), buyer, 0);
        vm.prank(stranger);
        market.settle(_terms(1), buyer, bytes32(uint256(2)));
        vm.prank(buyer);
        market.withdraw(buyer);
        vm.prank(payee);
        market.withdraw(payee);
    }

    function test_aPauseEndsByItself() public {
        bytes32 id = _listApproved(1);
        market.pause();
        vm.warp(START + MAX_PAUSE - 1);
        check(market.paused(), "last second");
        vm.warp(START + MAX_PAUSE);
        check(!market.paused(), "over");
        same(market.marketTime(), START, "market time");
        bytes32 orderId = _purchase(id, 0);
        same(market.order(orderId).deadline, START + DELIVERY_WINDOW, "deadlines are in market time");
        vm.warp(START + MAX_PAUSE + DELIVERY_WINDOW);
        _deliver(orderId);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotPaused.selector));
        market.unpause();
    }

    /// One pause that was ended, then one that ended by itself: both are taken off the deadlines of new orders.
    function test_pausesAddUp() public {
        bytes32 id = _listApproved(1);
        market.pause();
        vm.warp(START + 10);
        market.unpause();
        vm.warp(START + 10 + MAX_PAUSE);
        market.pause();
        vm.warp(START + 10 + 2 * MAX_PAUSE);
        bytes32 orderId = _purchase(id, 0);
        same(market.order(orderId).deadline, START + MAX_PAUSE + DELIVERY_WINDOW, "deadline in market time");
        same(market.marketTime(), START + MAX_PAUSE, "market time");
    }

    function test_noPauseUponPause() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotPaused.selector));
        market.unpause();
        market.pause();
        vm.warp(START + 10);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.PauseTooSoon.selector, uint40(START) + 2 * MAX_PAUSE));
        market.pause();
        market.unpause();
        vm.warp(START + 9 + MAX_PAUSE);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.PauseTooSoon.selector, uint40(START) + 10 + MAX_PAUSE));
        market.pause();
        vm.warp(START + 10 + MAX_PAUSE);
        market.pause();
        // This one ends by itself, and the next waits for it.
        vm.warp(START + 9 + 3 * MAX_PAUSE);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.PauseTooSoon.selector, uint40(START) + 10 + 3 * MAX_PAUSE));
        market.pause();
        vm.warp(START + 10 + 3 * MAX_PAUSE);
        market.pause();
        same(market.marketTime(), START + 2 * MAX_PAUSE, "10 s and one whole pause are taken off");
        same(market.maxPause(), MAX_PAUSE, "maxPause");
    }

    /// Money can be delayed by a hostile pauser, not frozen: half of the time the clock runs.
    function testFuzz_theClockAlwaysGoesOn(uint256 seed) public {
        uint256 paused;
        uint256 since;
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 time = block.timestamp + seed % 2 days;
            if (market.paused()) {
                uint256 end = since + MAX_PAUSE;
                paused += (time < end ? time : end) - block.timestamp;
            }
            vm.warp(time);
            same(market.marketTime(), time - paused, "market time");
            if ((seed >> 32) % 3 == 0) try market.unpause() {} catch {}
            if ((seed >> 64) % 2 == 0) try market.pause() { since = time; } catch {}
        }
        check(paused <= (block.timestamp - START) / 2 + MAX_PAUSE, "at most half of the time and one pause");
    }
}
