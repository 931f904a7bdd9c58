// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketplace} from "../src/interfaces/IMarketplace.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Orders from purchase to end.
contract TradeTest is Fixture {
    event Purchased(
        bytes32 indexed orderId,
        bytes32 indexed listingId,
        address indexed buyer,
        uint256 sale,
        bytes20 recipientCommitment,
        bytes32 salt
    );
    event Delivered(bytes32 indexed orderId, bytes32 deliveryCommitment, uint40 settleAfter);
    event Settled(bytes32 indexed orderId, address indexed payee, uint64 amount, uint64 fee);
    event Refunded(bytes32 indexed orderId, address indexed buyer, uint64 amount);
    event Withdrawn(address indexed account, address to, uint256 amount);

    function test_theWholeWay() public {
        bytes32 id = _listApproved(1);
        bytes32 orderId = keccak256(abi.encode(id, buyer, bytes32("salt")));
        same(market.orderIdOf(id, buyer, "salt"), orderId, "orderIdOf");
        vm.expectEmit(true, true, true, true, address(market));
        uint256 sale = PRICE | uint256(1) << 64 | (START + DELIVERY_WINDOW) << 96;
        emit Purchased(orderId, id, buyer, sale, bytes20(keccak256(abi.encode("recipient", buyer))), "salt");
        same(_purchase(id, "salt"), orderId, "order id");
        same(token.balanceOf(address(market)), PRICE, "escrow");
        vm.expectEmit(true, true, true, true, address(market));
        emit Delivered(orderId, keccak256("delivery"), uint40(START) + SETTLE_WINDOW);
        _deliver(orderId);
        ITrade.Order memory stored = market.order(orderId);
        same(stored.amount, PRICE, "amount");
        same(stored.deadline, START + SETTLE_WINDOW, "deadline");
        same(bytes32(stored.commitment), bytes32(bytes18(keccak256("delivery"))), "commitment");
        uint64 fee = PRICE * FEE_BPS / 10_000;
        vm.expectEmit(true, true, true, true, address(market));
        emit Settled(orderId, payee, PRICE - fee, fee);
        vm.prank(buyer);
        market.settle(_terms(1), buyer, "salt");
        same(market.credit(payee), PRICE - fee, "payee's credit");
        same(market.credit(treasury), fee, "treasury's credit");
        vm.expectEmit(true, true, true, true, address(market));
        emit Withdrawn(payee, stranger, PRICE - fee);
        vm.prank(payee);
        same(market.withdraw(stranger), PRICE - fee, "withdrawn");
        same(token.balanceOf(stranger), PRICE - fee, "paid");
        vm.prank(treasury);
        market.withdraw(treasury);
        same(token.balanceOf(address(market)), 0, "nothing left");
    }

    function test_onlyAnAccreditedDelivererDelivers() public {
        bytes32 orderId = _purchase(_listApproved(1), 0);
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.DELIVERER));
        market.deliver(orderId, "x");
        vm.prank(deliverer);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "deliveryCommitment"));
        market.deliver(orderId, 0);
        _revoke(deliverer);
        vm.prank(deliverer);
        vm.expectRevert(_notAccredited(deliverer, Roles.DELIVERER));
        market.deliver(orderId, "x");
    }

    function test_deliversOnce() public {
        bytes32 orderId = _purchase(_listApproved(1), 0);
        _deliver(orderId);
        vm.prank(deliverer);
        vm.expectRevert(_orderIs(orderId, IMarketTypes.OrderStatus.DELIVERED));
        market.deliver(orderId, "other");
        vm.prank(deliverer);
        vm.expectRevert(_orderIs("unknown", IMarketTypes.OrderStatus.NONE));
        market.deliver("unknown", "x");
    }

    /// A deadline decides: deliver ≤ deadline < refund.
    function test_deliveryIsInTimeAtTheDeadlineAndRefundOneSecondLater() public {
        bytes32 id = _listApproved(1);
        bytes32 first = _purchase(id, 0);
        bytes32 second = _purchase(id, bytes32(uint256(1)));
        uint40 deadline = uint40(START) + DELIVERY_WINDOW;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ITrade.TooEarly.selector, first, deadline, deadline));
        market.refund(id, buyer, 0);
        _deliver(first);
        vm.warp(deadline + 1);
        vm.prank(deliverer);
        vm.expectRevert(abi.encodeWithSelector(ITrade.TooLate.selector, second, deadline, deadline + 1));
        market.deliver(second, "late");
        vm.expectRevert(_orderIs(first, IMarketTypes.OrderStatus.DELIVERED));
        market.refund(id, buyer, 0);
        vm.expectEmit(true, true, true, true, address(market));
        emit Refunded(second, buyer, PRICE);
        vm.prank(stranger);
        market.refund(id, buyer, bytes32(uint256(1)));
        same(market.credit(buyer), PRICE, "credited");
        vm.expectRevert(_orderIs(second, IMarketTypes.OrderStatus.REFUNDED));
        market.refund(id, buyer, bytes32(uint256(1)));
    }

    function test_theBuyerSettlesAtOnceOthersAfterTheWindow() public {
        bytes32 id = _listApproved(1);
        bytes32 orderId = _purchase(id, 0);
        vm.prank(buyer);
        vm.expectRevert(_orderIs(orderId, IMarketTypes.OrderStatus.PAID));
        market.settle(_terms(1), buyer, 0);
        _deliver(orderId);
        uint40 deadline = uint40(START) + SETTLE_WINDOW;
        vm.warp(deadline);
        vm.prank(payee);
        vm.expectRevert(abi.encodeWithSelector(ITrade.TooEarly.selector, orderId, deadline, deadline));
        market.settle(_terms(1), buyer, 0);
        vm.warp(deadline + 1);
        vm.prank(stranger);
        market.settle(_terms(1), buyer, 0);
        vm.prank(buyer);
        vm.expectRevert(_orderIs(orderId, IMarketTypes.OrderStatus.SETTLED));
        market.settle(_terms(1), buyer, 0);
    }

    function test_settlingNeedsTheRightTerms() public {
        bytes32 orderId = _purchase(_listApproved(1), 0);
        _deliver(orderId);
        IMarketTypes.ListingTerms memory terms = _terms(1);
        terms.payee = buyer;
        bytes32 other = market.orderIdOf(market.listingIdOf(terms), buyer, 0);
        vm.prank(buyer);
        vm.expectRevert(_orderIs(other, IMarketTypes.OrderStatus.NONE));
        market.settle(terms, buyer, 0);
    }

    /// Expired or revoked participants start nothing, but what they began ends.
    function test_theRevokedStillSettleAndGetRefunds() public {
        bytes32 id = _listApproved(1);
        bytes32 first = _purchase(id, 0);
        _purchase(id, bytes32(uint256(1)));
        _deliver(first);
        _revoke(buyer);
        _revoke(provider);
        vm.prank(buyer);
        market.settle(_terms(1), buyer, 0);
        vm.warp(START + DELIVERY_WINDOW + 1);
        market.refund(id, buyer, bytes32(uint256(1)));
        vm.prank(buyer);
        market.withdraw(buyer);
    }

    function test_withdrawalsNeedCreditAndAReceiver() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ITrade.NothingToWithdraw.selector, stranger));
        market.withdraw(stranger);
        bytes32 id = _listApproved(1);
        _deliver(_purchase(id, 0));
        vm.startPrank(buyer);
        market.settle(_terms(1), buyer, 0);
        vm.stopPrank();
        vm.startPrank(payee);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "to"));
        market.withdraw(address(0));
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, "to"));
        market.withdraw(address(market));
        market.withdraw(payee);
        vm.expectRevert(abi.encodeWithSelector(ITrade.NothingToWithdraw.selector, payee));
        market.withdraw(payee);
        vm.stopPrank();
    }

    function testFuzz_feeAndPaymentMakeThePrice(uint64 price, uint16 feeBps) public {
        price = uint64(within(price, 1, type(uint64).max));
        feeBps = uint16(within(feeBps, 0, 2000));
        IMarketplace.MarketConfig memory config = _config(address(token));
        config.feeBps = feeBps;
        market = _create(config);
        _administer(market);
        _populate(market);
        _fund(buyer, price);
        vm.prank(buyer);
        token.approve(address(market), price);
        IMarketTypes.Offer memory offer = _offer();
        offer.price = price;
        bytes32 id = _list(_terms(1), offer);
        _vote(0, id, true);
        _vote(1, id, true);
        ITrade.Item[] memory items = _items(id, 0);
        items[0].maxPrice = price;
        vm.startPrank(buyer);
        bytes32 orderId = market.purchase(items)[0];
        vm.stopPrank();
        _deliver(orderId);
        vm.prank(buyer);
        market.settle(_terms(1), buyer, 0);
        uint256 fee = uint256(price) * feeBps / 10_000;
        same(market.credit(treasury), fee, "fee");
        same(market.credit(payee), price - fee, "payment");
    }

    function test_theSmallestFeeIsCredited() public {
        bytes32 id = _listApproved(1);
        uint64 price = 10_000 / FEE_BPS;
        vm.prank(provider);
        market.reprice(_terms(1), price);
        _deliver(_purchase(id, 0));
        vm.prank(buyer);
        market.settle(_terms(1), buyer, 0);
        same(market.credit(treasury), 1, "fee");
        same(market.credit(payee), price - 1, "payment");
    }

    function test_theConfigurationIsChecked() public {
        IMarketplace.MarketConfig memory config = _config(stranger);
        _refusedConfig(config, "token");
        config = _config(address(token));
        config.treasury = address(0);
        _refusedConfig(config, "treasury");
        config = _config(address(token));
        config.feeBps = 2001;
        _refusedConfig(config, "feeBps");
        config.feeBps = 2000;
        same(_create(config).feeBps(), 2000, "the largest fee");
        config = _config(address(token));
        config.deliveryWindow = 0;
        _refusedConfig(config, "deliveryWindow");
        config.deliveryWindow = 36_500 days + 1;
        _refusedConfig(config, "deliveryWindow");
        config.deliveryWindow = 36_500 days;
        same(_create(config).deliveryWindow(), 36_500 days, "the longest window");
        config = _config(address(token));
        config.settleWindow = 0;
        _refusedConfig(config, "settleWindow");
        config = _config(address(token));
        config.disputeWindow = 0;
        _refusedConfig(config, "disputeWindow");
        config = _config(address(token));
        config.maxPause = 0;
        _refusedConfig(config, "maxPause");
        same(market.token(), address(token), "token");
        same(market.treasury(), treasury, "treasury");
        same(market.feeBps(), FEE_BPS, "feeBps");
        same(market.deliveryWindow(), DELIVERY_WINDOW, "deliveryWindow");
        same(market.settleWindow(), SETTLE_WINDOW, "settleWindow");
    }

    function _orderIs(bytes32 orderId, IMarketTypes.OrderStatus status) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ITrade.OrderStatusIs.selector, orderId, status);
    }
}
