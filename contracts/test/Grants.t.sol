// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Access at price zero.
contract GrantsTest is Fixture {
    event Granted(
        bytes32 indexed orderId,
        bytes32 indexed listingId,
        address indexed grantee,
        uint32 purpose,
        bytes20 recipientCommitment,
        uint40 deliverBy,
        bytes32 salt
    );

    function test_grantsAccessAtPriceZeroOnTheSameWay() public {
        bytes32 id = _listApproved(1);
        bytes32 salt = keccak256(abi.encode("grant", bytes32("salt")));
        bytes32 orderId = market.orderIdOf(id, buyer, salt);
        bytes20 recipient = bytes20(keccak256(abi.encode("recipient", buyer)));
        vm.expectEmit(true, true, true, true, address(market));
        emit Granted(orderId, id, buyer, 2, recipient, uint40(START) + DELIVERY_WINDOW, salt);
        vm.prank(provider);
        same(market.grantAccess(_terms(1), buyer, 2, "salt"), orderId, "order id");
        _deliver(orderId);
        vm.warp(START + SETTLE_WINDOW + 1);
        market.settle(_terms(1), buyer, salt);
        same(market.credit(payee), 0, "no money");
        same(uint256(_orderStatus(orderId)), uint256(IMarketTypes.OrderStatus.SETTLED), "settled");
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(ITrade.OrderExists.selector, orderId));
        market.grantAccess(_terms(1), buyer, 2, "salt");
    }

    function test_aGrantTakesNoBuyersOrderId() public {
        bytes32 id = _listApproved(1);
        vm.prank(provider);
        market.grantAccess(_terms(1), buyer, 1, "salt");
        _purchase(id, "salt");
    }

    function test_grantsAreAuditedAndWithinTheConsent() public {
        bytes32 id = _list(1);
        vm.startPrank(provider);
        vm.expectRevert(abi.encodeWithSelector(ITrade.ListingNotTradable.selector, id));
        market.grantAccess(_terms(1), buyer, 1, 0);
        vm.stopPrank();
        _vote(0, id, true);
        _vote(1, id, true);
        vm.startPrank(provider);
        vm.expectRevert(_notAccredited(stranger, Roles.BUYER));
        market.grantAccess(_terms(1), stranger, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(ITrade.PurposeNotAllowed.selector, id, PURPOSES, uint32(8)));
        market.grantAccess(_terms(1), buyer, 8, 0);
        vm.stopPrank();
        vm.prank(payee);
        vm.expectRevert(abi.encodeWithSelector(IListings.NotController.selector, payee, provider));
        market.grantAccess(_terms(1), buyer, 1, 0);
        market.pause();
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.MarketPaused.selector, uint40(START) + MAX_PAUSE));
        market.grantAccess(_terms(1), buyer, 1, 0);
        market.unpause();
        _revoke(provider);
        vm.prank(provider);
        vm.expectRevert(_notAccredited(provider, Roles.PROVIDER));
        market.grantAccess(_terms(1), buyer, 1, 0);
    }

    function test_grantsBySignature() public {
        bytes32 id = _listApproved(1);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Grant(bytes32 listingId,address grantee,uint32 purpose,bytes32 salt,uint256 deadline)"),
                id,
                buyer,
                uint32(1),
                bytes32("salt"),
                START
            )
        );
        bytes memory signature = _sign(PROVIDER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.grantAccessBySignature(_terms(1), buyer, 2, "salt", START, signature);
        bytes32 orderId = market.grantAccessBySignature(_terms(1), buyer, 1, "salt", START, signature);
        same(uint256(_orderStatus(orderId)), uint256(IMarketTypes.OrderStatus.PAID), "open");
        vm.expectRevert(abi.encodeWithSelector(ITrade.OrderExists.selector, orderId));
        market.grantAccessBySignature(_terms(1), buyer, 1, "salt", START, signature);
    }
}
