// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ITrade} from "./interfaces/ITrade.sol";
import {Hash} from "./libraries/Hash.sol";
import {ListingWord} from "./libraries/ListingWord.sol";
import {OrderWord} from "./libraries/OrderWord.sol";
import {Roles} from "./libraries/Roles.sol";
import {StoredWord} from "./libraries/StoredWord.sol";
import {TokenCalls} from "./libraries/TokenCalls.sol";
import {WordArray} from "./libraries/WordArray.sol";
import {Listings} from "./Listings.sol";

abstract contract Trade is Listings, ReentrancyGuardTransient, ITrade {
    using SafeERC20 for IERC20;

    bytes32 private constant GRANT_TYPEHASH =
        keccak256("Grant(bytes32 listingId,address grantee,uint32 purpose,bytes32 salt,uint256 deadline)");
    bytes32 private constant WITHDRAW_TYPEHASH =
        keccak256("Withdraw(address account,address to,uint256 nonce,uint256 deadline)");
    uint16 private constant BASIS_POINTS = 10_000;
    uint16 private constant MAX_FEE_BPS = 2_000;
    uint40 private constant MAX_WINDOW = 36_500 days;

    address public immutable token;
    address public immutable treasury;
    uint16 public immutable feeBps;
    uint40 public immutable deliveryWindow;
    uint40 public immutable settleWindow;

    /// @dev See libraries/OrderWord.sol.
    mapping(bytes32 orderId => StoredWord) internal _orders;
    mapping(address account => uint256) private _credits;

    constructor(address token_, address treasury_, uint16 feeBps_, uint40 deliveryWindow_, uint40 settleWindow_) {
        if (token_.code.length == 0) revert InvalidArgument("token");
        if (treasury_ == address(0)) revert InvalidArgument("treasury");
        if (feeBps_ > MAX_FEE_BPS) revert InvalidArgument("feeBps");
        if (deliveryWindow_ == 0 || deliveryWindow_ > MAX_WINDOW) revert InvalidArgument("deliveryWindow");
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
        TokenCalls.tryPermit(token, permit);
        return _purchase(items);
    }

    function grantAccess(ListingTerms calldata terms, address grantee, uint32 purpose, bytes32 salt)
        external
        returns (bytes32 orderId)
    {
        _requireCaller(controllerOf(terms));
        return _grant(terms, listingIdOf(terms), grantee, purpose, salt);
    }

    function grantAccessBySignature(
        ListingTerms calldata terms,
        address grantee,
        uint32 purpose,
        bytes32 salt,
        uint256 deadline,
        bytes calldata signature
    ) external returns (bytes32 orderId) {
        bytes32 listingId = listingIdOf(terms);
        bytes32 structHash = keccak256(abi.encode(GRANT_TYPEHASH, listingId, grantee, purpose, salt, deadline));
        _requireSignature(controllerOf(terms), structHash, deadline, signature);
        return _grant(terms, listingId, grantee, purpose, salt);
    }

    function deliver(bytes32 orderId, bytes32 deliveryCommitment) external {
        uint40 time = _runningTime();
        _requireRole(msg.sender, Roles.DELIVERER);
        if (deliveryCommitment == 0) revert InvalidArgument("deliveryCommitment");
        uint256 word = _requireOrder(orderId, OrderStatus.PAID);
        _requireUntil(orderId, word, time);
        _orders[orderId].value = OrderWord.pack(
            OrderWord.amount(word), time + settleWindow, OrderStatus.DELIVERED, bytes18(deliveryCommitment)
        );
        emit Delivered(orderId, deliveryCommitment, uint40(block.timestamp) + settleWindow);
    }

    function settle(ListingTerms calldata terms, address buyer, bytes32 salt) external {
        bytes32 orderId = orderIdOf(listingIdOf(terms), buyer, salt);
        uint256 word = _requireOrder(orderId, OrderStatus.DELIVERED);
        if (msg.sender != buyer) _requireAfter(orderId, word);
        _settle(orderId, word, terms.payee);
    }

    function refund(bytes32 listingId, address buyer, bytes32 salt) external {
        bytes32 orderId = orderIdOf(listingId, buyer, salt);
        uint256 word = _requireOrder(orderId, OrderStatus.PAID);
        _requireAfter(orderId, word);
        _refund(orderId, word, buyer);
    }

    function withdraw(address to) external nonReentrant returns (uint256 amount) {
        return _withdraw(msg.sender, to);
    }

    function withdrawBySignature(address account, address to, uint256 deadline, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 amount)
    {
        bytes32 structHash = keccak256(abi.encode(WITHDRAW_TYPEHASH, account, to, _useNonce(account), deadline));
        _requireSignature(account, structHash, deadline, signature);
        return _withdraw(account, to);
    }

    function order(bytes32 orderId) external view returns (Order memory) {
        return OrderWord.unpack(_orders[orderId].value);
    }

    function credit(address account) external view returns (uint256) {
        return _credits[account];
    }

    function orderIdOf(bytes32 listingId, address buyer, bytes32 salt) public pure returns (bytes32) {
        return Hash.words(listingId, bytes32(uint256(uint160(buyer))), salt);
    }

    function _settle(bytes32 orderId, uint256 word, address payee) internal {
        uint64 amount = OrderWord.amount(word);
        uint64 fee = uint64(uint256(amount) * feeBps / BASIS_POINTS);
        _orders[orderId].value = OrderWord.withStatus(word, OrderStatus.SETTLED);
        _credits[payee] += amount - fee;
        if (fee != 0) _credits[treasury] += fee;
        emit Settled(orderId, payee, amount - fee, fee);
    }

    function _refund(bytes32 orderId, uint256 word, address buyer) internal {
        uint64 amount = OrderWord.amount(word);
        _orders[orderId].value = OrderWord.withStatus(word, OrderStatus.REFUNDED);
        _credits[buyer] += amount;
        emit Refunded(orderId, buyer, amount);
    }

    function _requireOrder(bytes32 orderId, OrderStatus wanted) internal view returns (uint256 word) {
        word = _orders[orderId].value;
        OrderStatus status = OrderWord.status(word);
        if (status != wanted) revert OrderStatusIs(orderId, status);
    }

    function _requireAfter(bytes32 orderId, uint256 word) internal view {
        uint40 time = _marketTime();
        if (time <= OrderWord.deadline(word)) revert TooEarly(orderId, OrderWord.deadline(word), time);
    }

    function _requireUntil(bytes32 orderId, uint256 word, uint40 time) internal pure {
        if (time > OrderWord.deadline(word)) revert TooLate(orderId, OrderWord.deadline(word), time);
    }

    function _purchase(Item[] calldata items) private returns (bytes32[] memory orderIds) {
        uint40 deadline = _dueAt(_runningTime());
        bytes20 recipient = _requireRecipient(msg.sender);
        if (items.length == 0) revert InvalidArgument("items");
        uint256 deliverBy = _dueAt(uint40(block.timestamp));
        orderIds = WordArray.create(items.length);
        uint256 total;
        for (uint256 i; i < items.length; ++i) {
            Item calldata item = items[i];
            bytes32 listingId = item.listingId;
            uint32 purpose = item.purpose;
            uint64 price = _requireTradable(listingId, purpose);
            if (price > item.maxPrice) revert PriceAboveMaximum(listingId, price, item.maxPrice);
            bytes32 salt = item.salt;
            bytes32 orderId = _order(listingId, msg.sender, salt, price, deadline);
            WordArray.set(orderIds, i, orderId);
            // A sum of 64-bit prices, one for each of some thousand words of calldata.
            unchecked {
                total += price;
            }
            uint256 sale = price | uint256(purpose) << 64 | deliverBy << 96;
            emit Purchased(orderId, listingId, msg.sender, sale, recipient, salt);
        }
        uint256 held = TokenCalls.held(token);
        IERC20(token).safeTransferFrom(msg.sender, address(this), total);
        uint256 received = TokenCalls.held(token) - held;
        if (received != total) revert WrongTransfer(total, received);
    }

    function _grant(ListingTerms calldata terms, bytes32 listingId, address grantee, uint32 purpose, bytes32 salt)
        private
        returns (bytes32 orderId)
    {
        uint40 deadline = _dueAt(_runningTime());
        if (terms.provider != address(0)) _requireRole(terms.provider, Roles.PROVIDER);
        bytes20 recipient = _requireRecipient(grantee);
        _requireTradable(listingId, purpose);
        // A salt of its own kind, so that no grant takes the id that a buyer is about to use.
        bytes32 ownSalt = keccak256(abi.encode("grant", salt));
        orderId = _order(listingId, grantee, ownSalt, 0, deadline);
        emit Granted(orderId, listingId, grantee, purpose, recipient, _dueAt(uint40(block.timestamp)), ownSalt);
    }

    /// @return when what is ordered at a time is to be delivered at the latest, by the same clock
    function _dueAt(uint40 time) private view returns (uint40) {
        unchecked {
            // A window of at most MAX_WINDOW: 40 bits suffice for 34,000 years.
            return time + deliveryWindow;
        }
    }

    /// @dev The account must be a buyer who is accredited now and can be delivered to.
    function _requireRecipient(address account) private view returns (bytes20 recipient) {
        recipient = _recipientOf(_requireRole(account, Roles.BUYER));
        if (recipient == 0) revert NoRecipient(account);
    }

    function _requireTradable(bytes32 listingId, uint32 purpose) private view returns (uint64 price) {
        uint256 word = _listings[listingId].value;
        if (!ListingWord.isApproved(word)) revert ListingNotTradable(listingId);
        uint32 allowed = ListingWord.purposes(word);
        if (purpose == 0 || purpose & ~allowed != 0) revert PurposeNotAllowed(listingId, allowed, purpose);
        return ListingWord.price(word);
    }

    function _order(bytes32 listingId, address buyer, bytes32 salt, uint64 amount, uint40 deadline)
        private
        returns (bytes32 orderId)
    {
        orderId = orderIdOf(listingId, buyer, salt);
        StoredWord storage word = _orders[orderId];
        if (word.value != 0) revert OrderExists(orderId);
        word.value = OrderWord.pack(amount, deadline, OrderStatus.PAID, 0);
    }

    function _withdraw(address account, address to) private returns (uint256 amount) {
        amount = _credits[account];
        if (amount == 0) revert NothingToWithdraw(account);
        if (to == address(0) || to == address(this)) revert InvalidArgument("to");
        _credits[account] = 0;
        emit Withdrawn(account, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }
}
