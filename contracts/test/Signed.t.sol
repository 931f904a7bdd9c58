// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "../src/interfaces/IListings.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev What controllers and accounts do by signature.
contract SignedTest is Fixture {
    function test_delistsBySignature() public {
        bytes32 id = _list(1);
        bytes32 structHash = keccak256(abi.encode(keccak256("Delist(bytes32 listingId,uint256 deadline)"), id, START));
        bytes memory wrong = _sign(BUYER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.delistBySignature(_terms(1), START, wrong);
        bytes memory signature = _sign(PROVIDER_KEY, structHash);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.DeadlinePassed.selector, START));
        market.delistBySignature(_terms(1), START, signature);
        vm.warp(START);
        vm.prank(stranger);
        market.delistBySignature(_terms(1), START, signature);
        same(uint256(_status(id)), 4, "delisted");
    }

    function test_repricesBySignatureOnceEach() public {
        bytes32 id = _list(1);
        bytes memory first = _repriceSignature(id, 5, 0);
        market.repriceBySignature(_terms(1), 5, START, first);
        same(market.listing(id).price, 5, "price");
        same(market.nonces(provider), 1, "nonce");
        market.repriceBySignature(_terms(1), 6, START, _repriceSignature(id, 6, 1));
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.repriceBySignature(_terms(1), 5, START, first);
        same(market.listing(id).price, 6, "the old price cannot be sent again");
    }

    function test_narrowsConsentBySignature() public {
        bytes32 id = _list(1);
        bytes32 structHash = keccak256(
            abi.encode(keccak256("NarrowConsent(bytes32 listingId,uint32 purposes,uint256 deadline)"), id, uint32(3), START)
        );
        bytes memory signature = _sign(PROVIDER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, provider));
        market.narrowConsentBySignature(_terms(1), 1, START, signature);
        market.narrowConsentBySignature(_terms(1), 3, START, signature);
        same(market.listing(id).purposes, 3, "purposes");
    }

    function test_withdrawsBySignatureOnceEach() public {
        vm.prank(buyer);
        token.approve(address(market), type(uint256).max);
        _purchase(_listApproved(1), 0);
        bytes32 id = market.listingIdOf(_terms(1));
        vm.warp(START + DELIVERY_WINDOW + 1);
        market.refund(id, buyer, 0);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Withdraw(address account,address to,uint256 nonce,uint256 deadline)"),
                buyer,
                stranger,
                uint256(0),
                block.timestamp
            )
        );
        bytes memory signature = _sign(BUYER_KEY, structHash);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, buyer));
        market.withdrawBySignature(buyer, payee, block.timestamp, signature);
        vm.prank(relayer);
        same(market.withdrawBySignature(buyer, stranger, block.timestamp, signature), PRICE, "amount");
        same(token.balanceOf(stranger), PRICE, "paid");
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, buyer));
        market.withdrawBySignature(buyer, stranger, block.timestamp, signature);
    }

    /// What recovers to nobody is not the zero address's signature.
    function test_theZeroAddressSignsNothing() public {
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, address(0)));
        market.withdrawBySignature(address(0), stranger, START, new bytes(65));
        IMarketTypes.ListingTerms memory terms = _terms(1);
        terms.provider = terms.payee = address(0);
        vm.expectRevert(abi.encodeWithSelector(IListings.InvalidSignature.selector, address(0)));
        market.delistBySignature(terms, START, new bytes(65));
    }

    function test_tellsItsDomain() public view {
        (bool success, bytes memory answer) = address(market).staticcall(abi.encodeWithSignature("eip712Domain()"));
        check(success, "answers");
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifier,
            bytes32 salt,
            uint256[] memory extensions
        ) = abi.decode(answer, (bytes1, string, string, uint256, address, bytes32, uint256[]));
        same(extensions.length, 0, "extensions");
        same(bytes32(fields), bytes32(bytes1(0x0f)), "fields");
        same(keccak256(bytes(name)), keccak256("Galen Marketplace"), "name");
        same(keccak256(bytes(version)), keccak256("1"), "version");
        same(chainId, block.chainid, "chain");
        same(verifier, address(market), "market");
        same(salt, 0, "salt");
    }

    function _repriceSignature(bytes32 id, uint64 price, uint256 nonce) private view returns (bytes memory) {
        bytes32 typeHash = keccak256("Reprice(bytes32 listingId,uint64 price,uint256 nonce,uint256 deadline)");
        return _sign(PROVIDER_KEY, keccak256(abi.encode(typeHash, id, price, nonce, START)));
    }
}
