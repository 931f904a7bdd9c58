// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AnonymousListings} from "./AnonymousListings.sol";
import {Audit} from "./Audit.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {Trade} from "./Trade.sol";

abstract contract Disputes is AnonymousListings, Audit, Trade, IDisputes {
    uint40 public immutable disputeWindow;

    mapping(bytes32 orderId => Dispute) private _disputes;

    constructor(uint40 disputeWindow_) {
        if (disputeWindow_ == 0) revert InvalidArgument("disputeWindow");
        disputeWindow = disputeWindow_;
    }

    function dispute(ListingTerms calldata terms, bytes32 salt, Claim claim, Leaf calldata leaf) external {
        bytes32 orderId = orderIdOf(listingIdOf(terms), msg.sender, salt);
        Order memory state = _requireOrder(orderId, OrderStatus.DELIVERED);
        uint40 time = _marketTime();
        if (time > state.deadline) revert TooLate(orderId, state.deadline, time);
        if (claim != Claim.NOTHING_OPENS) {
            bytes32 root = claim == Claim.PLAINTEXT ? terms.plaintextRoot : terms.ciphertextRoot;
            if (!proofVerifier.includes(root, leaf.hash, leaf.index, leaf.size, leaf.path)) {
                revert LeafNotCommitted(root, leaf.hash);
            }
        }
        state.status = OrderStatus.DISPUTED;
        state.deadline = time + disputeWindow;
        _orders[orderId] = state;
        _disputes[orderId] = Dispute({buyer: msg.sender, payee: terms.payee, votes: 0});
        emit Disputed(orderId, msg.sender, claim, leaf.index, leaf.hash, uint40(block.timestamp) + disputeWindow);
    }

    function voteDispute(bytes32 orderId, bool forBuyer, uint16 reason) external {
        Order memory state = _requireOrder(orderId, OrderStatus.DISPUTED);
        uint40 time = _marketTime();
        if (time > state.deadline) revert TooLate(orderId, state.deadline, time);
        Dispute storage open = _disputes[orderId];
        (uint152 votes, bool decided) = _add(orderId, open.votes, _voteOf(msg.sender, forBuyer), msg.sender);
        open.votes = votes;
        emit DisputeVoted(orderId, msg.sender, forBuyer, reason);
        if (decided) _resolve(orderId, state.amount, forBuyer);
    }

    function lapseDispute(bytes32 orderId) external {
        Order memory state = _requireOrder(orderId, OrderStatus.DISPUTED);
        _requireAfter(orderId, state.deadline);
        _resolve(orderId, state.amount, false);
    }

    function disputeOf(bytes32 orderId) external view returns (Dispute memory) {
        return _disputes[orderId];
    }

    function _resolve(bytes32 orderId, uint64 amount, bool forBuyer) private {
        emit DisputeResolved(orderId, forBuyer);
        if (forBuyer) _refund(orderId, amount, _disputes[orderId].buyer);
        else _settle(orderId, amount, _disputes[orderId].payee);
    }
}
