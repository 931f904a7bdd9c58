// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {HostileToken} from "./support/HostileToken.sol";
import {vm} from "./support/Vm.sol";

contract HostileTokenTest is Fixture {
    HostileToken private hostile;
    bytes32 private listingId;

    function setUp() public override {
        super.setUp();
        hostile = new HostileToken();
        market = _create(_config(address(hostile)));
        _administer(market);
        _populate(market);
        hostile.mint(buyer, 1e12);
        vm.prank(buyer);
        hostile.approve(address(market), type(uint256).max);
        listingId = _listApproved(1);
    }

    function test_aTokenThatKeepsAFeeIsRefused() public {
        hostile.behave(HostileToken.Mode.FEE, address(0), "");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITrade.WrongTransfer.selector, PRICE, PRICE - PRICE / 100));
        market.purchase(_items(listingId, 0));
    }

    function test_aTokenThatMovesNothingIsRefused() public {
        hostile.behave(HostileToken.Mode.SILENT_FALSE, address(0), "");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITrade.WrongTransfer.selector, PRICE, 0));
        market.purchase(_items(listingId, 0));
    }

    function test_aTokenThatSaysFalseIsRefused() public {
        bytes memory refused = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(hostile));
        hostile.behave(HostileToken.Mode.FALSE, address(0), "");
        vm.prank(buyer);
        vm.expectRevert(refused);
        market.purchase(_items(listingId, 0));
        // A payout that fails leaves the credit.
        hostile.behave(HostileToken.Mode.HONEST, address(0), "");
        _deliver(_purchase(listingId, 0));
        vm.prank(buyer);
        market.settle(_terms(1), buyer, 0);
        hostile.behave(HostileToken.Mode.FALSE, address(0), "");
        uint256 credit = market.credit(payee);
        vm.prank(payee);
        vm.expectRevert(refused);
        market.withdraw(payee);
        same(market.credit(payee), credit, "credit");
    }

    /// What says nothing about its balances cannot be held to account for them.
    function test_aTokenThatDoesNotTellItsBalancesIsRefused() public {
        bytes memory refused = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(hostile));
        bytes[4] memory codes = [
            bytes(hex""), // no longer there
            hex"00", // answers nothing
            hex"601f5ff3", // answers less than a word
            hex"5f5ffd" // fails
        ];
        for (uint256 i; i < 4; ++i) {
            vm.etch(address(hostile), codes[i]);
            vm.prank(buyer);
            vm.expectRevert(refused);
            market.purchase(_items(listingId, 0));
        }
        same(uint256(_orderStatus(market.orderIdOf(listingId, buyer, 0))), 0, "no order");
    }

    /// Its transfers are well formed, and the price changes no byte that is missing.
    function test_aBalanceOf31BytesIsRefused() public {
        IMarketTypes.Offer memory offer = _offer();
        offer.price = 3000 * 256;
        bytes32 id = _list(_terms(2), offer);
        _vote(0, id, true);
        _vote(1, id, true);
        hostile.behave(HostileToken.Mode.SHORT, address(0), "");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(hostile)));
        market.purchase(_items(id, 0));
        hostile.behave(HostileToken.Mode.HONEST, address(0), "");
        _purchase(id, 0);
    }

    function test_aTokenWithoutPermitTakesAnAllowance() public {
        ITrade.Permit memory permit;
        vm.prank(buyer);
        market.purchaseWithPermit(_items(listingId, 0), permit);
    }

    /// The token itself is buyer and payee, and calls back from each transfer.
    function test_reEntryIsRefused() public {
        _register(market, address(hostile), Roles.BUYER, 0, FAR);
        ITrade.Permit memory permit;
        bytes[4] memory calls = [
            abi.encodeCall(market.purchase, (_items(listingId, bytes32(uint256(9))))),
            abi.encodeCall(market.purchaseWithPermit, (_items(listingId, bytes32(uint256(9))), permit)),
            abi.encodeCall(market.withdraw, (stranger)),
            abi.encodeCall(market.withdrawBySignature, (payee, stranger, FAR, ""))
        ];
        for (uint256 i; i < calls.length; ++i) {
            hostile.behave(HostileToken.Mode.REENTER, address(market), calls[i]);
            bytes32 orderId = _purchase(listingId, bytes32(i));
            check(hostile.reentered(), "re-entered");
            same(
                bytes32(hostile.answer()),
                bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
                "refused by the guard"
            );
            _deliver(orderId);
            vm.prank(buyer);
            market.settle(_terms(1), buyer, bytes32(i));
            hostile.behave(HostileToken.Mode.REENTER, address(market), calls[i]);
            uint256 credit = market.credit(payee);
            vm.prank(payee);
            same(market.withdraw(payee), credit, "paid once");
            check(hostile.reentered(), "re-entered");
        }
    }
}
