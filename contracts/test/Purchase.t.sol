// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {IRegistry} from "../src/interfaces/IRegistry.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev What can be bought, by whom, and at what price.
contract PurchaseTest is Fixture {
    function test_onlyApprovedListingsAreSold() public {
        bytes32 id = _list(1);
        bytes memory refused = abi.encodeWithSelector(ITrade.ListingNotTradable.selector, id);
        _refusedPurchase(_items(id, 0), refused);
        _vote(0, id, true);
        _refusedPurchase(_items(id, 0), refused);
        _vote(1, id, true);
        _purchase(id, 0);
        vm.prank(provider);
        market.delist(_terms(1));
        _refusedPurchase(_items(id, bytes32(uint256(1))), refused);
        bytes32 unknown = keccak256("unknown");
        _refusedPurchase(_items(unknown, 0), abi.encodeWithSelector(ITrade.ListingNotTradable.selector, unknown));
    }

    function test_onlyAccreditedBuyersWithAKeyBuy() public {
        bytes32 id = _listApproved(1);
        vm.prank(stranger);
        vm.expectRevert(_notAccredited(stranger, Roles.BUYER));
        market.purchase(_items(id, 0));
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.BUYER));
        market.purchase(_items(id, 0));
        IRegistry.Registration memory keyless = _registration(buyer, Roles.BUYER, 0, FAR);
        keyless.recipientCommitment = 0;
        _register(market, keyless);
        _refusedPurchase(_items(id, 0), abi.encodeWithSelector(ITrade.NoRecipient.selector, buyer));
        _register(market, buyer, Roles.BUYER, 0, uint40(START));
        _purchase(id, 0);
        vm.warp(START + 1);
        _refusedPurchase(_items(id, bytes32(uint256(1))), _notAccredited(buyer, Roles.BUYER));
        _register(market, buyer, Roles.BUYER, 0, FAR);
        _revoke(buyer);
        _refusedPurchase(_items(id, bytes32(uint256(1))), _notAccredited(buyer, Roles.BUYER));
    }

    function test_theBuyersMaximumAndTheNewPriceHold() public {
        bytes32 id = _listApproved(1);
        vm.prank(provider);
        market.reprice(_terms(1), PRICE + 1);
        _refusedPurchase(
            _items(id, 0), abi.encodeWithSelector(ITrade.PriceAboveMaximum.selector, id, PRICE + 1, PRICE)
        );
        ITrade.Item[] memory items = _items(id, 0);
        items[0].maxPrice = PRICE + 5;
        vm.prank(buyer);
        bytes32 orderId = market.purchase(items)[0];
        same(market.order(orderId).amount, PRICE + 1, "the price, not the maximum, is paid");
    }

    function testFuzz_thePurposeMustBeCovered(uint32 purpose) public {
        bytes32 id = _listApproved(1);
        ITrade.Item[] memory items = _items(id, 0);
        items[0].purpose = purpose;
        if (purpose == 0 || purpose & ~PURPOSES != 0) {
            vm.expectRevert(abi.encodeWithSelector(ITrade.PurposeNotAllowed.selector, id, PURPOSES, purpose));
        }
        vm.prank(buyer);
        market.purchase(items);
    }

    function test_noPurposeIsNone() public {
        bytes32 id = _listApproved(1);
        ITrade.Item[] memory items = _items(id, 0);
        items[0].purpose = 0;
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITrade.PurposeNotAllowed.selector, id, PURPOSES, uint32(0)));
        market.purchase(items);
    }

    function test_narrowedConsentBindsLaterSales() public {
        bytes32 id = _listApproved(1);
        vm.prank(provider);
        market.narrowConsent(_terms(1), 6);
        _refusedPurchase(
            _items(id, 0), abi.encodeWithSelector(ITrade.PurposeNotAllowed.selector, id, uint32(6), uint32(1))
        );
    }

    function test_anOrderIdIsUsedOnce() public {
        bytes32 id = _listApproved(1);
        bytes32 orderId = _purchase(id, 0);
        bytes memory refused = abi.encodeWithSelector(ITrade.OrderExists.selector, orderId);
        _refusedPurchase(_items(id, 0), refused);
        vm.warp(START + DELIVERY_WINDOW + 1);
        market.refund(id, buyer, 0);
        _refusedPurchase(_items(id, 0), refused);
        _purchase(id, bytes32(uint256(1)));
    }

    function test_buysSeveralOrNone() public {
        ITrade.Item[] memory items = new ITrade.Item[](3);
        for (uint256 i; i < 3; ++i) items[i] = _items(_listApproved(i), 0)[0];
        uint256 before = token.balanceOf(buyer);
        vm.prank(buyer);
        bytes32[] memory ids = market.purchase(items);
        same(before - token.balanceOf(buyer), 3 * PRICE, "sum");
        for (uint256 i; i < 3; ++i) same(market.order(ids[i]).amount, PRICE, "each");
        items[0].salt = items[1].salt = bytes32(uint256(1));
        items[2].listingId = keccak256("unknown");
        _refusedPurchase(items, abi.encodeWithSelector(ITrade.ListingNotTradable.selector, items[2].listingId));
        same(token.balanceOf(address(market)), 3 * PRICE, "nothing of the second");
        items[2] = items[1];
        _refusedPurchase(
            items, abi.encodeWithSelector(ITrade.OrderExists.selector, market.orderIdOf(items[1].listingId, buyer, items[1].salt))
        );
        _refusedPurchase(new ITrade.Item[](0), abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "items"));
    }

    function test_buysByPermit() public {
        bytes32 id = _listApproved(1);
        vm.prank(buyer);
        token.approve(address(market), 0);
        ITrade.Permit memory permit = _permit(PRICE);
        vm.prank(buyer);
        bytes32 orderId = market.purchaseWithPermit(_items(id, 0), permit)[0];
        same(uint256(_orderStatus(orderId)), uint256(IMarketTypes.OrderStatus.PAID), "paid");
    }

    function test_aPermitSentBySomebodyElseBeforeDoesNoHarm() public {
        bytes32 id = _listApproved(1);
        vm.prank(buyer);
        token.approve(address(market), 0);
        ITrade.Permit memory permit = _permit(PRICE);
        vm.prank(stranger);
        token.permit(buyer, address(market), permit.value, permit.deadline, permit.v, permit.r, permit.s);
        vm.prank(buyer);
        market.purchaseWithPermit(_items(id, 0), permit);
    }

    function test_withoutAllowanceNothingIsBought() public {
        bytes32 id = _listApproved(1);
        vm.startPrank(buyer);
        token.approve(address(market), 0);
        ITrade.Permit memory permit = _permit(PRICE);
        permit.v ^= 1;
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, PRICE)
        );
        market.purchaseWithPermit(_items(id, 0), permit);
        vm.stopPrank();
        same(uint256(_orderStatus(market.orderIdOf(id, buyer, 0))), 0, "no order");
    }

    function _permit(uint256 value) private view returns (ITrade.Permit memory) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                buyer,
                address(market),
                value,
                token.nonces(buyer),
                START
            )
        );
        bytes32 digest =
            keccak256(abi.encodePacked("\x19\x01", _domainSeparator(address(token), "Test Dollar"), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, digest);
        return ITrade.Permit({value: value, deadline: START, v: v, r: r, s: s});
    }

    function _refusedPurchase(ITrade.Item[] memory items, bytes memory refusal) private {
        vm.prank(buyer);
        vm.expectRevert(refusal);
        market.purchase(items);
    }
}
