// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "../proofs/Escrow.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev The model that is proved (proofs/Escrow.sol) does what the market does: each step of one is taken on the other, both do it
/// or both refuse it, and then they agree.
contract EscrowTest is Fixture {
    uint64 private constant FEE = uint64(uint256(PRICE) * FEE_BPS / 10_000);
    bytes32 private constant SALT = "followed";
    Escrow private model;
    bytes32 private listingId;
    bytes32 private orderId;
    uint256 private others;
    bool[6] private reached;

    function setUp() public override {
        super.setUp();
        model = new Escrow();
        listingId = _listApproved(1);
        orderId = market.orderIdOf(listingId, buyer, SALT);
    }

    function test_modelAndMarketWalkSideBySide(uint256 seed) public {
        _walk(seed, 12);
    }

    /// Side by side they get everywhere.
    function test_everyStateIsReached() public {
        for (uint256 seed; seed < 60; ++seed) {
            _walk(seed, 12);
            reached[uint256(model.status())] = true;
            setUp();
        }
        for (uint256 i = 1; i < reached.length; ++i) check(reached[i], vm.toString(i));
    }

    function _walk(uint256 seed, uint256 steps) private {
        for (uint256 i; i < steps; ++i) {
            seed = uint256(keccak256(abi.encode(seed, i)));
            _step(seed % 9, (seed >> 8) % 2 == 0);
            // The last second of a window, the first after it, or some time.
            uint256 left = uint256(market.order(orderId).deadline);
            if ((seed >> 16) % 4 == 0 && left > block.timestamp) vm.warp(left + (seed >> 24) % 2);
            else vm.warp(block.timestamp + (seed >> 32) % 1 hours);
        }
    }

    function _step(uint256 kind, bool flag) private {
        uint40 time = market.marketTime();
        if (kind == 0) _purchaseBoth(time);
        else if (kind < 3) _same(deliverer, abi.encodeCall(market.deliver, (orderId, "delivery")), abi.encodeCall(model.deliver, (time, SETTLE_WINDOW)));
        else if (kind == 3) _settleBoth(time, flag);
        else if (kind == 4) _same(stranger, abi.encodeCall(market.refund, (listingId, buyer, SALT)), abi.encodeCall(model.refund, (time)));
        else if (kind == 5) _disputeBoth(time);
        else if (kind == 6) _resolveBoth(time, flag);
        else if (kind == 7) _same(stranger, abi.encodeCall(market.lapseDispute, (orderId)), abi.encodeCall(model.lapse, (time, FEE)));
        else if (flag) _another();
        else _withdrawBoth();
        same(token.balanceOf(address(market)), model.held(), "held");
        same(market.credit(buyer) + market.credit(payee) + market.credit(treasury), model.credits(), "credits");
        ITrade.Order memory order = market.order(orderId);
        same(uint256(order.status), uint256(model.status()), "status");
        same(order.amount, model.amount(), "amount");
        same(order.deadline, model.deadline(), "deadline");
    }

    function _purchaseBoth(uint40 time) private {
        bytes memory real = abi.encodeCall(market.purchase, (_items(listingId, SALT)));
        _same(buyer, real, abi.encodeCall(model.purchase, (PRICE, time + DELIVERY_WINDOW)));
    }

    function _settleBoth(uint40 time, bool byBuyer) private {
        bytes memory real = abi.encodeCall(market.settle, (_terms(1), buyer, SALT));
        _same(byBuyer ? buyer : stranger, real, abi.encodeCall(model.settle, (time, byBuyer, FEE)));
    }

    function _disputeBoth(uint40 time) private {
        IDisputes.Leaf memory none;
        bytes memory real = abi.encodeCall(market.dispute, (_terms(1), SALT, IDisputes.Claim.NOTHING_OPENS, none));
        _same(buyer, real, abi.encodeCall(model.dispute, (time, DISPUTE_WINDOW)));
    }

    function _resolveBoth(uint40 time, bool forBuyer) private {
        bytes memory real = abi.encodeCall(market.voteDispute, (orderId, forBuyer, 0));
        vm.prank(auditors[0]);
        (bool voted,) = address(market).call(real);
        _same(auditors[1], real, abi.encodeCall(model.resolve, (time, forBuyer, FEE)));
        check(!voted || uint256(model.status()) > 3, "two votes decide");
    }

    function _withdrawBoth() private {
        address[3] memory accounts = [buyer, payee, treasury];
        for (uint256 i; i < accounts.length; ++i) {
            uint256 due = market.credit(accounts[i]);
            _same(accounts[i], abi.encodeCall(market.withdraw, (stranger)), abi.encodeCall(model.withdraw, (due)));
        }
    }

    /// @dev Another order, from its purchase to its end.
    function _another() private {
        bytes32 salt = bytes32(++others);
        bytes32 id = _purchase(listingId, salt);
        model.otherOpens(PRICE);
        same(token.balanceOf(address(market)), model.held(), "held");
        _deliver(id);
        vm.prank(buyer);
        market.settle(_terms(1), buyer, salt);
        model.otherEnds(PRICE);
    }

    function _same(address sender, bytes memory real, bytes memory modelled) private {
        vm.prank(sender);
        (bool done,) = address(market).call(real);
        (bool doneByModel,) = address(model).call(modelled);
        check(done == doneByModel, "one does what the other refuses");
    }
}
