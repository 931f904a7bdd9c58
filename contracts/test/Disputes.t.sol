// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAudit} from "../src/interfaces/IAudit.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {IProofVerifier} from "../src/interfaces/IProofVerifier.sol";
import {ITrade} from "../src/interfaces/ITrade.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

contract DisputesTest is Fixture {
    event Disputed(
        bytes32 indexed orderId,
        address indexed buyer,
        IDisputes.Claim claim,
        uint64 leafIndex,
        bytes32 leafHash,
        uint40 voteUntil
    );
    event DisputeVoted(bytes32 indexed orderId, address indexed auditor, bool forBuyer, uint16 reason);
    event DisputeResolved(bytes32 indexed orderId, bool forBuyer);

    IMarketTypes.ListingTerms private terms;
    bytes32 private listingId;
    bytes32 private orderId;
    bytes32[] private leaves;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 5; ++i) leaves.push(keccak256(abi.encode("leaf", i)));
        terms = _terms(1);
        terms.plaintextRoot = _root(0, 5);
        terms.ciphertextRoot = _root(1, 5);
        listingId = _list(terms, _offer());
        _vote(0, listingId, true);
        _vote(1, listingId, true);
        orderId = _purchase(listingId, 0);
        _deliver(orderId);
    }

    function test_aQuorumRefundsTheBuyer() public {
        _dispute();
        same(market.disputeOf(orderId).votes, 0, "no vote yet");
        vm.expectEmit(true, true, true, true, address(market));
        emit DisputeVoted(orderId, auditors[0], true, 9);
        vm.prank(auditors[0]);
        market.voteDispute(orderId, true, 9);
        _is(IMarketTypes.OrderStatus.DISPUTED);
        _voteDispute(1, false);
        _is(IMarketTypes.OrderStatus.DISPUTED);
        vm.expectEmit(true, true, true, true, address(market));
        emit DisputeResolved(orderId, true);
        _voteDispute(2, true);
        _is(IMarketTypes.OrderStatus.REFUNDED);
        same(market.credit(buyer), PRICE, "buyer");
        same(market.credit(payee), 0, "payee");
    }

    function test_aQuorumPaysThePayee() public {
        _dispute();
        _voteDispute(0, false);
        _voteDispute(1, false);
        _is(IMarketTypes.OrderStatus.SETTLED);
        same(market.credit(buyer), 0, "buyer");
        same(market.credit(payee), PRICE - PRICE * FEE_BPS / 10_000, "payee");
    }

    function test_anUndecidedDisputeIsSettledAfterItsWindow() public {
        _dispute();
        _voteDispute(0, true);
        uint40 deadline = uint40(START) + DISPUTE_WINDOW;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ITrade.TooEarly.selector, orderId, deadline, deadline));
        market.lapseDispute(orderId);
        vm.warp(deadline + 1);
        vm.prank(auditors[1]);
        vm.expectRevert(abi.encodeWithSelector(ITrade.TooLate.selector, orderId, deadline, deadline + 1));
        market.voteDispute(orderId, true, 0);
        vm.prank(stranger);
        market.lapseDispute(orderId);
        _is(IMarketTypes.OrderStatus.SETTLED);
        vm.expectRevert(_orderIs(orderId, IMarketTypes.OrderStatus.SETTLED));
        market.lapseDispute(orderId);
    }

    function test_votesCountOnceAndOnlyOfAuditorsWhoAreValidNow() public {
        _dispute();
        _voteDispute(0, true);
        vm.prank(auditors[0]);
        vm.expectRevert(abi.encodeWithSelector(IAudit.AlreadyVoted.selector, orderId, auditors[0]));
        market.voteDispute(orderId, true, 0);
        vm.prank(buyer);
        vm.expectRevert(_notAccredited(buyer, Roles.AUDITOR));
        market.voteDispute(orderId, true, 0);
        _revoke(auditors[0]);
        _voteDispute(1, true);
        _is(IMarketTypes.OrderStatus.DISPUTED);
        _voteDispute(2, true);
        _is(IMarketTypes.OrderStatus.REFUNDED);
    }

    function test_onlyTheBuyerDisputesUntilTheWindowEnds() public {
        bytes32 others = market.orderIdOf(listingId, payee, 0);
        vm.prank(payee);
        vm.expectRevert(_orderIs(others, IMarketTypes.OrderStatus.NONE));
        market.dispute(terms, 0, IDisputes.Claim.NOTHING_OPENS, _noLeaf());
        uint40 deadline = uint40(START) + SETTLE_WINDOW;
        vm.warp(deadline + 1);
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ITrade.TooLate.selector, orderId, deadline, deadline + 1));
        market.dispute(terms, 0, IDisputes.Claim.NOTHING_OPENS, _noLeaf());
        vm.warp(deadline);
        _revoke(buyer);
        vm.expectEmit(true, true, true, true, address(market));
        emit Disputed(orderId, buyer, IDisputes.Claim.NOTHING_OPENS, 0, 0, deadline + DISPUTE_WINDOW);
        _dispute();
        IDisputes.Dispute memory stored = market.disputeOf(orderId);
        same(stored.buyer, buyer, "buyer");
        same(stored.payee, payee, "payee");
        vm.prank(buyer);
        vm.expectRevert(_orderIs(orderId, IMarketTypes.OrderStatus.DISPUTED));
        market.dispute(terms, 0, IDisputes.Claim.NOTHING_OPENS, _noLeaf());
        vm.prank(buyer);
        vm.expectRevert(_orderIs(orderId, IMarketTypes.OrderStatus.DISPUTED));
        market.settle(terms, buyer, 0);
        vm.expectRevert(_orderIs(orderId, IMarketTypes.OrderStatus.DISPUTED));
        market.refund(listingId, buyer, 0);
    }

    function test_onlyDeliveredOrdersAreDisputed() public {
        bytes32 paid = _purchase(listingId, "other");
        vm.prank(buyer);
        vm.expectRevert(_orderIs(paid, IMarketTypes.OrderStatus.PAID));
        market.dispute(terms, "other", IDisputes.Claim.NOTHING_OPENS, _noLeaf());
        vm.prank(auditors[0]);
        vm.expectRevert(_orderIs(paid, IMarketTypes.OrderStatus.PAID));
        market.voteDispute(paid, true, 0);
    }

    function test_theLeafMustBeUnderTheRootOfTheClaim() public {
        IDisputes.Leaf memory leaf = _leaf(0, 3);
        _refusedLeaf(IDisputes.Claim.CIPHERTEXT, leaf, terms.ciphertextRoot);
        leaf.index = 2;
        _refusedLeaf(IDisputes.Claim.PLAINTEXT, leaf, terms.plaintextRoot);
        leaf = _leaf(0, 3);
        leaf.hash = keccak256("other");
        _refusedLeaf(IDisputes.Claim.PLAINTEXT, leaf, terms.plaintextRoot);
        _refusedLeaf(IDisputes.Claim.PLAINTEXT, _noLeaf(), terms.plaintextRoot);
        leaf = _leaf(0, 3);
        vm.prank(buyer);
        market.dispute(terms, 0, IDisputes.Claim.PLAINTEXT, leaf);
        _is(IMarketTypes.OrderStatus.DISPUTED);
        bytes32 second = _purchase(listingId, "second");
        _deliver(second);
        leaf = _leaf(1, 4);
        vm.prank(buyer);
        vm.expectEmit(true, true, true, true, address(market));
        emit Disputed(second, buyer, IDisputes.Claim.CIPHERTEXT, 4, leaf.hash, uint40(START) + DISPUTE_WINDOW);
        market.dispute(terms, "second", IDisputes.Claim.CIPHERTEXT, leaf);
    }

    function test_aDisputeGoesOnWhileTheMarketIsPaused() public {
        market.pause();
        _dispute();
        _voteDispute(0, true);
        _voteDispute(1, true);
        _is(IMarketTypes.OrderStatus.REFUNDED);
    }

    /// Every leaf of every tree up to 40 leaves, and nothing beside it.
    function testFuzz_auditPathsOfRfc6962(uint64 size, uint64 index, uint64 other) public view {
        size = uint64(within(size, 1, 40));
        index = uint64(within(index, 0, size - 1));
        other = uint64(within(other, 0, 45));
        bytes32[] memory hashes = new bytes32[](size);
        for (uint256 i; i < size; ++i) hashes[i] = keccak256(abi.encode(size, i));
        bytes32 root = _merkleRoot(hashes, 0, size);
        bytes32[] memory path = _path(hashes, index);
        IProofVerifier verifier = market.proofVerifier();
        check(verifier.includes(root, hashes[index], index, size, path), "included");
        if (other != index) check(!verifier.includes(root, hashes[index], other, size, path), "another place");
        check(!verifier.includes(root, keccak256("x"), index, size, path), "another leaf");
        check(!verifier.includes(root, hashes[index], index, 0, path), "an empty tree");
        bytes32[] memory longer = new bytes32[](path.length + 1);
        for (uint256 i; i < path.length; ++i) longer[i] = path[i];
        check(!verifier.includes(root, hashes[index], index, size, longer), "a longer path");
        if (path.length > 0) {
            bytes32[] memory shorter = new bytes32[](path.length - 1);
            for (uint256 i; i < shorter.length; ++i) shorter[i] = path[i];
            check(!verifier.includes(root, hashes[index], index, size, shorter), "a shorter path");
        }
    }

    /// A node above the leaves has a path that leads to the root, too short by one.
    function test_aNodeOfTheTreeIsNoLeaf() public view {
        bytes32[] memory hashes = _tree(0, 4);
        bytes32 node = _merkleRoot(hashes, 0, 2);
        bytes32[] memory path = new bytes32[](1);
        path[0] = _merkleRoot(hashes, 2, 4);
        bytes32 root = _merkleRoot(hashes, 0, 4);
        check(market.proofVerifier().includes(root, node, 0, 2, path), "the root of both nodes");
        check(!market.proofVerifier().includes(root, node, 0, 4, path), "a node for a leaf");
    }

    function _dispute() private {
        vm.prank(buyer);
        market.dispute(terms, 0, IDisputes.Claim.NOTHING_OPENS, _noLeaf());
    }

    function _voteDispute(uint256 auditor, bool forBuyer) private {
        vm.prank(auditors[auditor]);
        market.voteDispute(orderId, forBuyer, 0);
    }

    function _refusedLeaf(IDisputes.Claim claim, IDisputes.Leaf memory leaf, bytes32 root) private {
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.LeafNotCommitted.selector, root, leaf.hash));
        market.dispute(terms, 0, claim, leaf);
    }

    function _noLeaf() private pure returns (IDisputes.Leaf memory leaf) {}

    /// @dev Two trees of five leaves: kind 0 and 1.
    function _tree(uint256 kind, uint64 size) private view returns (bytes32[] memory hashes) {
        hashes = new bytes32[](size);
        for (uint256 i; i < size; ++i) hashes[i] = keccak256(abi.encode(kind, leaves[i]));
    }

    function _root(uint256 kind, uint64 size) private view returns (bytes32) {
        return _merkleRoot(_tree(kind, size), 0, size);
    }

    function _leaf(uint256 kind, uint64 index) private view returns (IDisputes.Leaf memory) {
        bytes32[] memory hashes = _tree(kind, 5);
        return IDisputes.Leaf({hash: hashes[index], index: index, size: 5, path: _path(hashes, index)});
    }

    /// @dev RFC 6962 §2.1, word for word, over leaf hashes.
    function _merkleRoot(bytes32[] memory hashes, uint256 from, uint256 to) private pure returns (bytes32) {
        if (to - from == 1) return hashes[from];
        uint256 middle = from + _split(to - from);
        return sha256(abi.encodePacked(bytes1(0x01), _merkleRoot(hashes, from, middle), _merkleRoot(hashes, middle, to)));
    }

    function _path(bytes32[] memory hashes, uint256 index) private pure returns (bytes32[] memory path) {
        bytes32[64] memory downwards;
        uint256 length;
        uint256 from;
        uint256 to = hashes.length;
        while (to - from > 1) {
            uint256 middle = from + _split(to - from);
            if (index < middle) {
                downwards[length++] = _merkleRoot(hashes, middle, to);
                to = middle;
            } else {
                downwards[length++] = _merkleRoot(hashes, from, middle);
                from = middle;
            }
        }
        path = new bytes32[](length);
        for (uint256 i; i < length; ++i) path[i] = downwards[length - 1 - i];
    }

    function _split(uint256 size) private pure returns (uint256 half) {
        half = 1;
        while (half * 2 < size) half *= 2;
    }

    function _is(IMarketTypes.OrderStatus status) private view {
        same(uint256(_orderStatus(orderId)), uint256(status), "status");
    }

    function _orderIs(bytes32 id, IMarketTypes.OrderStatus status) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ITrade.OrderStatusIs.selector, id, status);
    }
}
