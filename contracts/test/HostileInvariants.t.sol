// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {Fixture} from "./support/Fixture.sol";
import {HostileToken} from "./support/HostileToken.sol";
import {vm} from "./support/Vm.sol";

/// @dev Invariant 12: with a token that changes its ways at any time (honest, keeps a fee, says false, moves nothing, calls back),
/// the market either refuses a step or keeps its books right. The token is also the payee, so that it has something to gain.
contract HostileInvariantsTest is Fixture {
    struct Target {
        address addr;
        bytes4[] selectors;
    }

    HostileToken private hostile;
    bytes32 private listingId;
    bytes32[] private salts;
    bytes32[] private orders;
    mapping(string step => uint256) private successes;

    function setUp() public override {
        super.setUp();
        hostile = new HostileToken();
        market = _create(_config(address(hostile)));
        _administer(market);
        _populate(market);
        payee = address(hostile);
        hostile.mint(buyer, type(uint128).max);
        vm.prank(buyer);
        hostile.approve(address(market), type(uint256).max);
        listingId = _listApproved(1);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    function targetSelectors() public view returns (Target[] memory targets) {
        targets = new Target[](1);
        targets[0] = Target({addr: address(this), selectors: new bytes4[](1)});
        targets[0].selectors[0] = this.walk.selector;
    }

    function invariant_theBooksAreRight() public view {
        uint256 due = market.credit(payee) + market.credit(treasury) + market.credit(buyer);
        for (uint256 i; i < orders.length; ++i) {
            IMarketTypes.OrderStatus status = market.order(orders[i]).status;
            if (status == IMarketTypes.OrderStatus.PAID || status == IMarketTypes.OrderStatus.DELIVERED) due += PRICE;
        }
        same(hostile.balanceOf(address(market)), due, "12: held = orders + credits");
    }

    /// The invariant is not vacuous: each step succeeds, and each way of the token is met with a refusal.
    function test_everyStepSucceeds() public {
        for (uint256 seed; seed < 600; ++seed) {
            walk(uint256(keccak256(abi.encode(seed))));
            invariant_theBooksAreRight();
        }
        string[7] memory steps = ["purchase", "refused", "re-entered", "deliver", "settle", "refund", "withdraw"];
        for (uint256 i; i < steps.length; ++i) check(successes[steps[i]] > 0, steps[i]);
    }

    function walk(uint256 seed) public {
        _misbehave(seed >> 8);
        uint256 kind = seed % 6;
        if (kind < 2) _buy();
        else if (kind == 5) _withdrawAs([payee, treasury, buyer][(seed >> 32) % 3]);
        else if (orders.length > 0) _go(kind, orders.length - 1 - (seed >> 32) % (orders.length < 4 ? orders.length : 4));
    }

    function _misbehave(uint256 seed) private {
        bytes memory call = seed % 2 == 0
            ? abi.encodeCall(market.withdraw, (stranger))
            : abi.encodeCall(market.purchase, (_items(listingId, bytes32(salts.length))));
        // Honest half of the time.
        uint256 mode = seed % 10 < 5 ? 0 : seed % 10 - 5;
        hostile.behave(HostileToken.Mode(mode), address(market), call);
    }

    function _buy() private {
        bytes32 salt = bytes32(salts.length);
        salts.push(salt);
        vm.prank(buyer);
        try market.purchase(_items(listingId, salt)) returns (bytes32[] memory ids) {
            orders.push(ids[0]);
            ++successes["purchase"];
            if (hostile.reentered()) ++successes["re-entered"];
        } catch {
            salts.pop();
            ++successes["refused"];
        }
    }

    function _go(uint256 kind, uint256 number) private {
        if (kind == 2) {
            vm.prank(deliverer);
            try market.deliver(orders[number], "delivery") {
                ++successes["deliver"];
            } catch {}
        } else if (kind == 3) {
            vm.prank(buyer);
            try market.settle(_terms(1), buyer, salts[number]) {
                ++successes["settle"];
            } catch {}
        } else {
            vm.warp(block.timestamp + DELIVERY_WINDOW / 2);
            try market.refund(listingId, buyer, salts[number]) {
                ++successes["refund"];
            } catch {}
        }
    }

    function _withdrawAs(address account) private {
        vm.prank(account);
        try market.withdraw(account == payee ? stranger : account) {
            ++successes["withdraw"];
        } catch {}
    }
}
