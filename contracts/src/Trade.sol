// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ITrade} from "./interfaces/ITrade.sol";
import {Roles} from "./libraries/Roles.sol";
import {Listings} from "./Listings.sol";

abstract contract Trade is Listings, ReentrancyGuardTransient, ITrade {
    using SafeERC20 for IERC20;

    uint16 private constant BASIS_POINTS = 10_000;
    uint16 private constant MAX_FEE_BPS = 2_000;

    address public immutable token;
    address public immutable treasury;
    uint16 public immutable feeBps;
    uint40 public immutable deliveryWindow;
    uint40 public immutable settleWindow;

    mapping(bytes32 orderId => Order) internal _orders;
    mapping(address account => uint256) private _credits;

    constructor(address token_, address treasury_, uint16 feeBps_, uint40 deliveryWindow_, uint40 settleWindow_) {
        if (token_.code.length == 0) revert InvalidArgument("token");
        if (treasury_ == address(0)) revert InvalidArgument("treasury");
        if (feeBps_ > MAX_FEE_BPS) revert InvalidArgument("feeBps");
        if (deliveryWindow_ == 0) revert InvalidArgument("deliveryWindow");
        if (settleWindow_ == 0) revert InvalidArgument("settleWindow");
        token = token_;
        treasury = treasury_;
        feeBps = feeBps_;
        deliveryWindow = deliveryWindow_;
        settleWindow = settleWindow_;
    }

    function purchase(Item[] calldata items) external nonReentrant returns (bytes32[] memory orderIds) {
        return _purchase(items);
    }

    function purchaseWithPermit(Item[] calldata items, Permit calldata permit)
        external
        nonReentrant
        returns (bytes32[] memory orderIds)
    {
        // Somebody may have sent the same permit before: then the allowance is there, and the purchase tells.
        try IERC20Permit(token).permit(msg.sender, address(this), permit.value, permit.deadline, permit.v, permit.r, permit.s) {}
            catch {}
        return _purchase(items);
    }

    function deliver(bytes32 orderId, bytes32 deliveryCommitment) external {
        uint40 time = _runningTime();
        _requireRole(msg.sender, Roles.DELIVERER);
        if (deliveryCommitment == 0) revert InvalidArgument("deliveryCommitment");
        Order memory state = _requireOrder(orderId, OrderStatus.PAID);
        if (time > state.deadline) revert TooLate(orderId, state.deadline, time);
        state.deadline = time + settleWindow;
        state.status = OrderStatus.DELIVERED;
        state.commitment = bytes18(deliveryCommitment);
        _orders[orderId] = state;
        emit Delivered(orderId, deliveryCommitment, uint40(block.timestamp) + settleWindow);
    }

    function settle(ListingTerms calldata terms, address buyer, bytes32 salt) external {
        bytes32 orderId = orderIdOf(listingIdOf(terms), buyer, salt);
        Order memory state = _requireOrder(orderId, OrderStatus.DELIVERED);
        if (msg.sender != buyer) _requireAfter(orderId, state.deadline);
        _settle(orderId, state.amount, terms.payee);
    }

    function refund(bytes32 listingId, address buyer, bytes32 salt) external {
        bytes32 orderId = orderIdOf(listingId, buyer, salt);
        Order memory state = _requireOrder(orderId, OrderStatus.PAID);
        _requireAfter(orderId, state.deadline);
        _refund(orderId, state.amount, buyer);
    }

    function withdraw(address to) external nonReentrant returns (uint256 amount) {
        amount = _credits[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        if (to == address(0) || to == address(this)) revert InvalidArgument("to");
        _credits[msg.sender] = 0;
        emit Withdrawn(msg.sender, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    function order(bytes32 orderId) external view returns (Order memory) {
        return _orders[orderId];
    }

    function credit(address account) external view returns (uint256) {
        return _credits[account];
    }

    function orderIdOf(bytes32 listingId, address buyer, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(listingId, buyer, salt));
    }

    function _settle(bytes32 orderId, uint64 amount, address payee) internal {
        uint64 fee = uint64(uint256(amount) * feeBps / BASIS_POINTS);
        _orders[orderId].status = OrderStatus.SETTLED;
        _credits[payee] += amount - fee;
        if (fee != 0) _credits[treasury] += fee;
        emit Settled(orderId, payee, amount - fee, fee);
    }

    function _refund(bytes32 orderId, uint64 amount, address buyer) internal {
        _orders[orderId].status = OrderStatus.REFUNDED;
        _credits[buyer] += amount;
        emit Refunded(orderId, buyer, amount);
    }

    function _requireOrder(bytes32 orderId, OrderStatus wanted) internal view returns (Order memory state) {
        state = _orders[orderId];
        if (state.status != wanted) revert OrderStatusIs(orderId, state.status);
    }

    function _purchase(Item[] calldata items) private returns (bytes32[] memory orderIds) {
        uint40 deadline = _runningTime() + deliveryWindow;
        bytes32 recipient = _requireRole(msg.sender, Roles.BUYER).recipientCommitment;
        if (recipient == 0) revert NoRecipient(msg.sender);
        if (items.length == 0) revert InvalidArgument("items");
        orderIds = new bytes32[](items.length);
        uint256 total;
        for (uint256 i; i < items.length; ++i) {
            uint64 price;
            (orderIds[i], price) = _order(items[i], deadline, recipient);
            total += price;
        }
        uint256 held = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), total);
        uint256 received = IERC20(token).balanceOf(address(this)) - held;
        if (received != total) revert WrongTransfer(total, received);
    }

    function _order(Item calldata item, uint40 deadline, bytes32 recipient) private returns (bytes32 orderId, uint64 price) {
        Listing memory state = _listings[item.listingId];
        price = state.price;
        if (state.status != ListingStatus.APPROVED) revert ListingNotTradable(item.listingId);
        if (item.purpose == 0 || item.purpose & ~state.purposes != 0) {
            revert PurposeNotAllowed(item.listingId, state.purposes, item.purpose);
        }
        if (price > item.maxPrice) revert PriceAboveMaximum(item.listingId, price, item.maxPrice);
        orderId = orderIdOf(item.listingId, msg.sender, item.salt);
        if (_orders[orderId].status != OrderStatus.NONE) revert OrderExists(orderId);
        _orders[orderId] = Order({amount: price, deadline: deadline, status: OrderStatus.PAID, commitment: 0});
        emit Purchased(
            orderId,
            item.listingId,
            msg.sender,
            price,
            item.purpose,
            recipient,
            uint40(block.timestamp) + deliveryWindow,
            item.salt
        );
    }

    function _requireAfter(bytes32 orderId, uint40 deadline) private view {
        uint40 time = _marketTime();
        if (time <= deadline) revert TooEarly(orderId, deadline, time);
    }
}
