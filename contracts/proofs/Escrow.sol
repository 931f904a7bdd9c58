// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev The escrow's accounting, reduced to what a solver can decide: any number of orders of any amounts by any callers, of which
/// one, chosen freely, is followed from its purchase to its end, and the others are their sum. Every function may be called at any
/// time, in any order, with any arguments; the assertions are what must hold after each. The steps are those of src/Trade.sol and
/// src/Disputes.sol, and test/Escrow.t.sol walks both side by side.
contract Escrow {
    enum Status {
        NONE,
        PAID,
        DELIVERED,
        DISPUTED,
        SETTLED,
        REFUNDED
    }

    /// Tokens that the market holds.
    uint256 public held;
    /// Credits of everybody.
    uint256 public credits;
    /// Amounts of open orders but the one that is followed.
    uint256 private others;

    Status public status;
    uint64 public amount;
    uint256 public deadline;
    uint256 private payouts;
    uint256 private refunds;
    bool private delivered;

    /// The order that is followed.
    function purchase(uint64 price, uint256 deadline_) external {
        require(status == Status.NONE);
        held += price;
        amount = price;
        deadline = deadline_;
        status = Status.PAID;
    }

    function deliver(uint256 time, uint256 window) external {
        require(status == Status.PAID && time <= deadline);
        deadline = time + window;
        delivered = true;
        status = Status.DELIVERED;
    }

    function settle(uint256 time, bool byBuyer, uint64 fee) external {
        require(status == Status.DELIVERED);
        require(byBuyer || time > deadline);
        _settle(fee);
    }

    function refund(uint256 time) external {
        require(status == Status.PAID && time > deadline);
        _refund();
    }

    function dispute(uint256 time, uint256 window) external {
        require(status == Status.DELIVERED && time <= deadline);
        deadline = time + window;
        status = Status.DISPUTED;
    }

    function resolve(uint256 time, bool forBuyer, uint64 fee) external {
        require(status == Status.DISPUTED && time <= deadline);
        if (forBuyer) _refund();
        else _settle(fee);
    }

    function lapse(uint256 time, uint64 fee) external {
        require(status == Status.DISPUTED && time > deadline);
        _settle(fee);
    }

    function withdraw(uint256 sum) external {
        require(sum != 0 && sum <= credits);
        credits -= sum;
        held -= sum;
    }

    /// Another order is paid.
    function otherOpens(uint64 price) external {
        held += price;
        others += price;
    }

    /// Another order ends, either way.
    function otherEnds(uint64 price) external {
        require(price <= others);
        others -= price;
        credits += price;
    }

    /// Whatever happened before.
    function check() external view {
        bool ended = status == Status.SETTLED || status == Status.REFUNDED;
        assert(held == credits + others + (status == Status.NONE || ended ? 0 : amount));
        assert(payouts + refunds == (ended ? 1 : 0));
        assert(payouts == 0 || delivered);
        assert(payouts == 0 || status == Status.SETTLED);
        assert(refunds == 0 || status == Status.REFUNDED);
    }

    function _settle(uint64 fee) private {
        // Held by feeBps <= 2,000 of 10,000.
        require(fee <= amount);
        status = Status.SETTLED;
        ++payouts;
        credits += amount - fee;
        credits += fee;
    }

    function _refund() private {
        status = Status.REFUNDED;
        ++refunds;
        credits += amount;
    }
}
