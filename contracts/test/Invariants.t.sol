// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Fixture} from "./support/Fixture.sol";
import {MarketHandler} from "./support/MarketHandler.sol";
import {vm} from "./support/Vm.sol";

/// @dev Any sequence of steps of anybody, at any time. What each step must and must not do is checked as it is done
/// (support/MarketHandler.sol); here is what must hold of the whole at any moment. The numbers are those of docs/market.md.
contract InvariantsTest is Fixture {
    MarketHandler private handler;

    function setUp() public override {
        super.setUp();
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

    /// The invariants are not vacuous: in one long run, every kind of step succeeds.
    function test_everyStepSucceeds() public {
        uint256 seed = 1;
        for (uint256 i; i < 8000; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            handler.step(seed);
        }
        string[23] memory steps = handler.steps();
        for (uint256 i; i < steps.length; ++i) check(handler.successes(steps[i]) > 0, steps[i]);
        invariant_theMarketHolds();
    }
}
