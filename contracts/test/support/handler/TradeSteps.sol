// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../../../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../../../src/interfaces/ITrade.sol";
import {Roles} from "../../../src/libraries/Roles.sol";
import {vm} from "../Vm.sol";
import {HandlerState} from "./HandlerState.sol";

/// @dev Orders from purchase to end, and the money.
abstract contract TradeSteps is HandlerState {
    function purchase(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        uint256 number = _recent(a, listings.length);
        bytes32 id = market.listingIdOf(listings[number]);
        address buyer = buyers[b % 2];
        ITrade.Item[] memory items = new ITrade.Item[](1);
        items[0] = ITrade.Item({listingId: id, maxPrice: type(uint64).max, purpose: 1, salt: bytes32(b % 3)});
        bool approved = market.listing(id).status == IMarketTypes.ListingStatus.APPROVED;
        bool accredited = market.isAccredited(buyer, Roles.BUYER);
        uint64 price = market.listing(id).price;
        try this.pay(buyer, items, b % 5 == 0) returns (bytes32[] memory ids) {
            _forbid(!approved, "2: an order on a listing that is not approved");
            _forbid(!accredited, "9: bought without accreditation");
            paidIn += price;
            _open(ids[0], number, buyer, items[0].salt, price);
            _did("purchase");
        } catch {}
    }

    /// @dev With a permit that somebody else has used, or without.
    function pay(address buyer, ITrade.Item[] memory items, bool permitted) external returns (bytes32[] memory) {
        ITrade.Permit memory used;
        vm.prank(buyer);
        return permitted ? market.purchaseWithPermit(items, used) : market.purchase(items);
    }

    function grant(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        uint256 number = _recent(a, listings.length);
        IMarketTypes.ListingTerms memory terms = listings[number];
        bytes32 id = market.listingIdOf(terms);
        bool approved = market.listing(id).status == IMarketTypes.ListingStatus.APPROVED;
        bool accredited = market.isAccredited(buyers[b % 2], Roles.BUYER) && _mayChange(terms);
        vm.prank(market.controllerOf(terms));
        try market.grantAccess(terms, buyers[b % 2], 1, bytes32(b % 3)) returns (bytes32 orderId) {
            _forbid(!approved, "2: a grant on a listing that is not approved");
            _forbid(!accredited, "9: granted without accreditation");
            _open(orderId, number, buyers[b % 2], keccak256(abi.encode("grant", bytes32(b % 3))), 0);
            _did("grant");
        } catch {}
    }

    function deliver(uint256 a) public {
        if (orders.length == 0) return;
        Known storage known = orders[_recent(a, orders.length)];
        ITrade.Order memory before = market.order(known.orderId);
        uint40 time = market.marketTime();
        bool accredited = market.isAccredited(deliverer, Roles.DELIVERER);
        vm.prank(deliverer);
        try market.deliver(known.orderId, keccak256(abi.encode(a))) {
            _forbid(time > before.deadline, "5: delivered after the deadline");
            _forbid(!accredited, "9: delivered without accreditation");
            known.deliveredAt = time;
            _did("deliver");
        } catch {}
        _track(known);
    }

    function settle(uint256 a, uint256 b) public {
        if (orders.length == 0) return;
        Known storage known = orders[_recent(a, orders.length)];
        ITrade.Order memory before = market.order(known.orderId);
        uint40 time = market.marketTime();
        bool byBuyer = b % 3 == 0;
        bool mustSucceed = before.status == IMarketTypes.OrderStatus.DELIVERED && (byBuyer || time > before.deadline);
        vm.prank(byBuyer ? known.buyer : address(0xEE));
        try market.settle(listings[known.listing], known.buyer, known.salt) {
            _forbid(!mustSucceed, "5: settled too early, or undelivered");
            ++known.payouts;
            _did("settle");
        } catch {
            _forbid(mustSucceed, "9, 10: a due settlement was blocked");
        }
        _track(known);
    }

    function refund(uint256 a) public {
        if (orders.length == 0) return;
        Known storage known = orders[_recent(a, orders.length)];
        ITrade.Order memory before = market.order(known.orderId);
        bool mustSucceed =
            before.status == IMarketTypes.OrderStatus.PAID && market.marketTime() > before.deadline;
        bytes32 id = market.listingIdOf(listings[known.listing]);
        try market.refund(id, known.buyer, known.salt) {
            _forbid(!mustSucceed, "5: refunded too early, or delivered");
            ++known.refunds;
            _did("refund");
        } catch {
            _forbid(mustSucceed, "9, 10: a due refund was blocked");
        }
        _track(known);
    }

    function withdraw(uint256 a) public {
        address[4] memory accounts = [payee, treasury, buyers[0], buyers[1]];
        address account = accounts[a % 4];
        uint256 due = market.credit(account);
        vm.prank(account);
        try market.withdraw(account) returns (uint256 amount) {
            _forbid(amount != due || due == 0, "another amount was withdrawn");
            paidOut += amount;
            _did("withdraw");
        } catch {
            _forbid(due != 0, "9, 10: a withdrawal was blocked");
        }
    }

    /// @return sum amounts of all orders that are not ended
    function escrowed() external view returns (uint256 sum) {
        for (uint256 i; i < orders.length; ++i) {
            IMarketTypes.OrderStatus status = market.order(orders[i].orderId).status;
            if (status != IMarketTypes.OrderStatus.SETTLED && status != IMarketTypes.OrderStatus.REFUNDED) {
                sum += orders[i].amount;
            }
        }
    }

    function credits() external view returns (uint256) {
        return market.credit(payee) + market.credit(treasury) + market.credit(buyers[0]) + market.credit(buyers[1]);
    }

    function checkOrders() external view {
        for (uint256 i; i < orders.length; ++i) {
            Known storage known = orders[i];
            IMarketTypes.OrderStatus status = market.order(known.orderId).status;
            require(known.payouts + known.refunds <= 1, "4: paid out twice, or refunded too");
            require(known.payouts == 0 || known.deliveredAt != 0, "3: paid before delivery");
            require((status == IMarketTypes.OrderStatus.SETTLED) == (known.payouts == 1), "6: settled state");
            require((status == IMarketTypes.OrderStatus.REFUNDED) == (known.refunds == 1), "6: refunded state");
            require(market.order(known.orderId).amount == known.amount, "the amount changed");
        }
    }

    function _open(bytes32 orderId, uint256 number, address buyer, bytes32 salt, uint64 amount) internal {
        _forbid(seen[orderId], "11: an order id was used twice");
        seen[orderId] = true;
        orders.push(Known(orderId, number, buyer, salt, amount, 0, 0, 0, IMarketTypes.OrderStatus.PAID));
    }

    function _resolved(Known storage known) internal {
        IMarketTypes.OrderStatus status = market.order(known.orderId).status;
        if (status == IMarketTypes.OrderStatus.SETTLED) ++known.payouts;
        else if (status == IMarketTypes.OrderStatus.REFUNDED) ++known.refunds;
    }

    /// @dev Notes the status, which may only go forward: PAID → DELIVERED → DISPUTED → SETTLED | REFUNDED.
    function _track(Known storage known) internal {
        IMarketTypes.OrderStatus status = market.order(known.orderId).status;
        if (status == known.last) return;
        _forbid(
            known.last == IMarketTypes.OrderStatus.SETTLED || known.last == IMarketTypes.OrderStatus.REFUNDED,
            "6: a terminal state was left"
        );
        _forbid(uint8(status) < uint8(known.last), "6: an order went back");
        known.last = status;
    }
}
