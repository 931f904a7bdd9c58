// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DrawFixture} from "./support/DrawFixture.sol";
import {Fixture} from "./support/Fixture.sol";
import {MarketHandler} from "./support/MarketHandler.sol";

/// @dev Any sequence of steps of anybody, at any time. What each step must and must not do is checked as it is done
/// (support/MarketHandler.sol); here is what must hold of the whole at any moment. The numbers are those of docs/market.md.
abstract contract MarketInvariants is Fixture {
    MarketHandler internal handler;

    /// @dev Hands the market to the handler.
    function _handOver() internal {
        uint256[3] memory keys = [AUDITOR_KEY, AUDITOR_KEY + 1, AUDITOR_KEY + 2];
        handler = new MarketHandler(market, token, auditors, keys, provider, buyer, relayer, deliverer, anchorer, payee, treasury);
        manager.grantRole(REGISTRAR, address(handler), 0);
        manager.grantRole(PAUSER, address(handler), 0);
        manager.grantRole(TREASURER, address(handler), 0);
        handler.prepare();
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector({addr: address(handler), selectors: new bytes4[](1)});
        targets[0].selectors[0] = MarketHandler.walk.selector;
    }

    function invariant_theMarketHolds() public view {
        // 1: money in = money out + money held; what is held belongs to open orders, credits, or was sent unasked.
        uint256 held = token.balanceOf(address(market));
        same(held, handler.paidIn() + handler.donated() - handler.paidOut(), "1: in = out + held");
        same(held, handler.escrowed() + handler.credits() + handler.donated(), "1: held = orders + credits");
        // 3, 4, 6, 11: each order ends once, in a state that it never leaves, paid only if it was delivered.
        handler.checkOrders();
        // 2, 5, 7, 8, 9, 10: nothing that must not happen has happened (each is checked where it would).
        check(bytes(handler.violation()).length == 0, handler.violation());
    }

    /// @dev The invariants are not vacuous: in one long run, every kind of step succeeds.
    function _walkFar(uint256 steps) internal {
        uint256 seed = 1;
        for (uint256 i; i < steps; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            handler.step(seed);
        }
        string[29] memory names = handler.steps();
        for (uint256 i; i < names.length; ++i) check(handler.successes(names[i]) > 0, names[i]);
        invariant_theMarketHolds();
    }
}

contract InvariantsTest is MarketInvariants {
    function setUp() public override {
        super.setUp();
        _handOver();
    }

    function test_everyStepSucceeds() public {
        _walkFar(8000);
    }
}

/// @dev The same where auditors are assigned by lot. 13: only who was drawn votes on a pending listing, and only who may be is drawn.
contract DrawInvariantsTest is MarketInvariants, DrawFixture {
    function setUp() public override(Fixture, DrawFixture) {
        super.setUp();
        (market, draw) = _createWithDraw(_config(address(token)), ROUND, 2, EXCLUSIVE);
        _administer(market);
        _populate(market);
        _handOver();
    }

    function test_everyStepSucceeds() public {
        _walkFar(10000);
        string[6] memory names = handler.drawSteps();
        for (uint256 i; i < names.length; ++i) check(handler.successes(names[i]) > 0, names[i]);
    }
}
