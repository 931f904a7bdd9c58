// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {RingSignature} from "../src/libraries/RingSignature.sol";
import {Fixture} from "./support/Fixture.sol";
import {RingSigner} from "./support/RingSigner.sol";
import {vm} from "./support/Vm.sol";

/// @dev Gas of each step's call from cold storage, without the transaction's own. contracts/tools/check-gas.mjs compares it
/// with contracts/gas-snapshot.json: 2 % more or less fails until the snapshot is changed on purpose.
contract GasTest is Fixture {
    function test_gasOfTheTrade() public {
        _listApproved(0);
        bytes32 first = _purchase(market.listingIdOf(_terms(0)), 0);
        _deliver(first);
        vm.prank(buyer);
        market.settle(_terms(0), buyer, 0);

        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(_terms(1), _offer(), START));
        _cool();
        vm.prank(relayer);
        bytes32 id = market.list(_terms(1), _offer(), START, consent);
        vm.snapshotGasLastCall("market", "list");
        _cool();
        _vote(0, id, true);
        vm.snapshotGasLastCall("market", "first vote");
        _cool();
        _vote(1, id, true);
        vm.snapshotGasLastCall("market", "deciding vote");
        _cool();
        bytes32 orderId = _purchase(id, 0);
        vm.snapshotGasLastCall("market", "purchase");
        _cool();
        _deliver(orderId);
        vm.snapshotGasLastCall("market", "deliver");
        _cool();
        vm.prank(buyer);
        market.settle(_terms(1), buyer, 0);
        vm.snapshotGasLastCall("market", "settle");
        _cool();
        vm.prank(payee);
        market.withdraw(payee);
        vm.snapshotGasLastCall("market", "withdraw");
        bytes32 late = _purchase(id, "late");
        vm.warp(START + DELIVERY_WINDOW + 1);
        _cool();
        market.refund(id, buyer, "late");
        vm.snapshotGasLastCall("market", "refund");
        check(_orderStatus(late) == IMarketTypes.OrderStatus.REFUNDED, "refunded");
        _cool();
        vm.prank(anchorer);
        market.anchorAccess("root", 1, uint40(START), uint40(START));
        vm.snapshotGasLastCall("market", "anchorAccess");
        bytes32[] memory hashes = new bytes32[](100);
        vm.prank(anchorer);
        market.tellAccesses(1, hashes);
        vm.snapshotGasLastCall("market", "tellAccesses, 100");
    }

    function test_gasOfVotesBySignature() public {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _list(1);
        bytes[] memory signatures = _votes(ids, true, 0, 2);
        _cool();
        market.voteBySignatures(ids, true, 0, START, signatures);
        vm.snapshotGasLastCall("market", "voteBySignatures, two of one listing");
        check(_status(ids[0]) == IMarketTypes.ListingStatus.APPROVED, "approved");
    }

    function test_gasOfAnAnonymousListingInARingOf16() public {
        (uint256[] memory secrets, uint256[] memory points) = RingSigner.makeRing(16, 1);
        bytes32 ringHash = market.registerRing(points, 100, 1 days);
        IMarketTypes.ListingTerms memory terms = _terms(1);
        terms.provider = address(0);
        bytes32 message = _consentHash(terms, _offer(), START);
        bytes32 scope = keccak256(abi.encode(address(market), terms.contentHash));
        RingSignature.Signature memory signature =
            RingSigner.sign(address(market), message, scope, points, 5, secrets[5]);
        _cool();
        vm.prank(relayer);
        market.listAnonymously(terms, _offer(), START, ringHash, signature);
        vm.snapshotGasLastCall("market", "listAnonymously, ring of 16");
    }

    function _cool() private {
        vm.cool(address(market));
        vm.cool(address(token));
    }
}
