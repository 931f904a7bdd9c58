// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Orders, escrow and payment
/// @notice `orderId = keccak256(abi.encode(listingId, buyer, salt))`. The price stays in the market until the order is
/// settled (payee and treasury are credited) or refunded (the buyer is credited). Credits are fetched with `withdraw`, so
/// nobody who cannot be paid blocks another.
/// A deadline belongs to the side before it: delivery at `deadline` is in time, refund starts one second after it.
/// Deadlines do not run while the market is paused.
interface ITrade is IMarketTypes {
    /// @param purpose mask of intended purposes, not empty, all allowed by the listing
    /// @param maxPrice the most that the buyer accepts to pay
    /// @param salt the buyer's choice; tells several orders of one listing apart
    struct Item {
        bytes32 listingId;
        uint32 purpose;
        uint64 maxPrice;
        bytes32 salt;
    }

    /// @notice An EIP-2612 permit of the payment token for this market.
    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice An order as it is stored, in one word.
    /// @param amount price paid
    /// @param deadline in market time (`marketTime()`): delivery is due (PAID), anyone may settle after it (DELIVERED), or
    /// auditors decide until it (DISPUTED)
    /// @param commitment first 18 bytes of the delivery commitment
    struct Order {
        uint64 amount;
        uint40 deadline;
        OrderStatus status;
        bytes18 commitment;
    }

    /// @notice An order is paid: its price is in escrow. In the token's smallest unit; `deliverBy` in Unix time (seconds), if no
    /// pause moves it.
    /// @param sale price (64 bits, lowest) | purpose (32) | deliverBy (40)
    event Purchased(
        bytes32 indexed orderId,
        bytes32 indexed listingId,
        address indexed buyer,
        uint256 sale,
        bytes20 recipientCommitment,
        bytes32 salt
    );
    /// @notice As Purchased, with a word a value, at price zero. `salt` is the order's:
    /// `keccak256(abi.encode("grant", the grantor's salt))`.
    event Granted(
        bytes32 indexed orderId,
        bytes32 indexed listingId,
        address indexed grantee,
        uint32 purpose,
        bytes20 recipientCommitment,
        uint40 deliverBy,
        bytes32 salt
    );
    /// @notice The order is delivered. From after `settleAfter` (Unix time in seconds, if no pause moves it) anyone may
    /// settle it.
    event Delivered(bytes32 indexed orderId, bytes32 deliveryCommitment, uint40 settleAfter);
    /// @notice Credited: `amount` to the payee and `fee` to the treasury, in the token's smallest unit.
    event Settled(bytes32 indexed orderId, address indexed payee, uint64 amount, uint64 fee);
    /// @notice Credited to the buyer, in the token's smallest unit.
    event Refunded(bytes32 indexed orderId, address indexed buyer, uint64 amount);
    /// @notice The account's whole credit was sent to `to`, in the token's smallest unit.
    event Withdrawn(address indexed account, address to, uint256 amount);

    /// @notice The listing is not approved now, or does not exist.
    error ListingNotTradable(bytes32 listingId);
    /// @notice The listing's consent does not cover the purpose.
    error PurposeNotAllowed(bytes32 listingId, uint32 allowed, uint32 requested);
    /// @notice The price is above what the buyer accepts.
    error PriceAboveMaximum(bytes32 listingId, uint64 price, uint64 maximum);
    /// @notice The buyer has no encryption key on record, so nothing could be delivered.
    error NoRecipient(address buyer);
    /// @notice The order exists already: choose another salt.
    error OrderExists(bytes32 orderId);
    /// @notice The order's status (NONE if unknown) does not allow the step.
    error OrderStatusIs(bytes32 orderId, OrderStatus status);
    /// @notice Too early: possible after `deadline`, in market time; it is `marketTime` now.
    error TooEarly(bytes32 orderId, uint40 deadline, uint40 marketTime);
    /// @notice Too late: possible until `deadline`, in market time; it is `marketTime` now.
    error TooLate(bytes32 orderId, uint40 deadline, uint40 marketTime);
    /// @notice The token did not move exactly the amount asked for.
    error WrongTransfer(uint256 expected, uint256 actual);
    /// @notice Nothing to withdraw.
    error NothingToWithdraw(address account);

    /// @notice Buys listings into escrow, all or none. Buyer only, accredited now; needs the token's allowance for the sum.
    /// @dev Reverts with MarketPaused, NotAccredited, NoRecipient, InvalidArgument (no items), ListingNotTradable,
    /// PurposeNotAllowed, PriceAboveMaximum, OrderExists, WrongTransfer, or as the token does.
    /// @return orderIds one an item, in order
    function purchase(Item[] calldata items) external returns (bytes32[] memory orderIds);

    /// @notice As `purchase`, with an allowance by signature. A permit that somebody used before does no harm.
    /// @dev Reverts as `purchase`; a permit that is expired, used or malformed gives no allowance: then as the
    /// token does without one.
    function purchaseWithPermit(Item[] calldata items, Permit calldata permit) external returns (bytes32[] memory orderIds);

    /// @notice Orders for an accredited buyer at price zero: access without a sale, on the same way of delivery. The listing's
    /// controller only, for a listing that is approved now; a named one must be accredited.
    /// @dev Reverts with NotController, MarketPaused, NotAccredited (grantee or provider), NoRecipient, ListingNotTradable,
    /// PurposeNotAllowed, OrderExists.
    function grantAccess(ListingTerms calldata terms, address grantee, uint32 purpose, bytes32 salt)
        external
        returns (bytes32 orderId);

    /// @notice As `grantAccess`, by anyone with the controller's
    /// `Grant(bytes32 listingId,address grantee,uint32 purpose,bytes32 salt,uint256 deadline)`.
    /// @dev Reverts with DeadlinePassed, InvalidSignature, or as `grantAccess`.
    function grantAccessBySignature(
        ListingTerms calldata terms,
        address grantee,
        uint32 purpose,
        bytes32 salt,
        uint256 deadline,
        bytes calldata signature
    ) external returns (bytes32 orderId);

    /// @notice Records that the buyer got key and link. Deliverer only, accredited now, until the order's deadline.
    /// @dev Reverts with MarketPaused, NotAccredited, InvalidArgument, OrderStatusIs, TooLate.
    /// @param deliveryCommitment binds what was delivered, see docs/market.md; not zero
    function deliver(bytes32 orderId, bytes32 deliveryCommitment) external;

    /// @notice Credits payee and treasury for a delivered order. The buyer at any time, anyone after the settle window.
    /// @dev Reverts with OrderStatusIs (terms, buyer or salt of no order too), TooEarly.
    /// @param terms the listing's, with the payee
    function settle(ListingTerms calldata terms, address buyer, bytes32 salt) external;

    /// @notice Credits the buyer of an order that was not delivered in time. Anyone, after the deadline.
    /// @dev Reverts with OrderStatusIs, TooEarly.
    function refund(bytes32 listingId, address buyer, bytes32 salt) external;

    /// @notice Pays out all of the caller's credit.
    /// @dev Reverts with NothingToWithdraw, InvalidArgument (`to`), or as the token does.
    /// @return amount what was paid
    function withdraw(address to) external returns (uint256 amount);

    /// @notice As `withdraw`, by anyone with the account's
    /// `Withdraw(address account,address to,uint256 nonce,uint256 deadline)`, where nonce is `nonces(account)`.
    /// @dev Reverts with DeadlinePassed, InvalidSignature, or as `withdraw`.
    function withdrawBySignature(address account, address to, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 amount);

    /// @return the id of a buyer's order: `keccak256(abi.encode(listingId, buyer, salt))`, the same on every chain
    function orderIdOf(bytes32 listingId, address buyer, bytes32 salt) external pure returns (bytes32);

    /// @return the stored state of an order; status NONE if there is none
    function order(bytes32 orderId) external view returns (Order memory);

    /// @return what the account can withdraw
    function credit(address account) external view returns (uint256);

    /// @return the payment token, for ever
    function token() external view returns (address);

    /// @return who is credited the fees
    function treasury() external view returns (address);

    /// @return fee in hundredths of a percent of the price
    function feeBps() external view returns (uint16);

    /// @return seconds from purchase to the delivery deadline
    function deliveryWindow() external view returns (uint40);

    /// @return seconds from delivery until anyone may settle
    function settleWindow() external view returns (uint40);
}
