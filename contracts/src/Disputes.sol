// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AnonymousListings} from "./AnonymousListings.sol";
import {Audit} from "./Audit.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {OrderWord} from "./libraries/OrderWord.sol";
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
        uint256 word = _requireOrder(orderId, OrderStatus.DELIVERED);
        uint40 time = _marketTime();
        _requireUntil(orderId, word, time);
        if (claim != Claim.NOTHING_OPENS) {
            bytes32 root = claim == Claim.PLAINTEXT ? terms.plaintextRoot : terms.ciphertextRoot;
            if (!proofVerifier.includes(root, leaf.hash, leaf.index, leaf.size, leaf.path)) {
                revert LeafNotCommitted(root, leaf.hash);
            }
        }
        word = OrderWord.withDeadline(word, time + disputeWindow);
        _orders[orderId].value = OrderWord.withStatus(word, OrderStatus.DISPUTED);
        _disputes[orderId] = Dispute({buyer: msg.sender, payee: terms.payee, votes: 0});
        emit Disputed(orderId, msg.sender, claim, leaf.index, leaf.hash, uint40(block.timestamp) + disputeWindow);
    }

    function voteDispute(bytes32 orderId, bool forBuyer, uint16 reason) external {
        uint256 word = _requireOrder(orderId, OrderStatus.DISPUTED);
        _requireUntil(orderId, word, _marketTime());
        (uint256 list, bool decided) = _add(_disputes[orderId].votes, _voteOf(msg.sender, forBuyer));
        if (list == 0) revert AlreadyVoted(orderId, msg.sender);
        _disputes[orderId].votes = uint152(list);
        emit DisputeVoted(orderId, msg.sender, forBuyer, reason);
        if (decided) _resolve(orderId, word, forBuyer);
    }

    function lapseDispute(bytes32 orderId) external {
        uint256 word = _requireOrder(orderId, OrderStatus.DISPUTED);
        _requireAfter(orderId, word);
        _resolve(orderId, word, false);
    }

    function disputeOf(bytes32 orderId) external view returns (Dispute memory) {
        return _disputes[orderId];
    }

    function _resolve(bytes32 orderId, uint256 word, bool forBuyer) private {
        emit DisputeResolved(orderId, forBuyer);
        if (forBuyer) _refund(orderId, word, _disputes[orderId].buyer);
        else _settle(orderId, word, _disputes[orderId].payee);
    }
}
