// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IPaymentToken} from "../src/interfaces/IPaymentToken.sol";
import {Fixture} from "./support/Fixture.sol";
import {vm} from "./support/Vm.sol";

contract PaymentTokenTest is Fixture {
    event Minted(bytes32 indexed bankReference, address indexed to, uint256 amount);
    event Burned(bytes32 indexed bankReference, address indexed from, uint256 amount);

    function test_mintsAndBurnsAgainstBankReferences() public {
        uint256 supply = token.totalSupply();
        vm.expectEmit(true, true, true, true, address(token));
        emit Minted("in", address(this), 5);
        token.mint(address(this), 5, "in");
        vm.expectEmit(true, true, true, true, address(token));
        emit Burned("out", address(this), 3);
        token.burn(3, "out");
        same(token.totalSupply(), supply + 2, "supply");
        same(token.balanceOf(address(this)), 2, "balance");
        check(token.bankReferenceUsed("in") && token.bankReferenceUsed("out"), "used");
    }

    function test_aBankReferenceIsUsedOnce() public {
        token.mint(address(this), 5, "reference");
        vm.expectRevert(abi.encodeWithSelector(IPaymentToken.BankReferenceUsed.selector, bytes32("reference")));
        token.mint(address(this), 5, "reference");
        vm.expectRevert(abi.encodeWithSelector(IPaymentToken.BankReferenceUsed.selector, bytes32("reference")));
        token.burn(5, "reference");
        vm.expectRevert(abi.encodeWithSelector(IPaymentToken.BankReferenceUsed.selector, bytes32(0)));
        token.mint(address(this), 5, 0);
    }

    function test_onlyTheTreasurerMintsAndBurns() public {
        bytes memory refused = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, buyer);
        vm.startPrank(buyer);
        vm.expectRevert(refused);
        token.mint(buyer, 1, "x");
        vm.expectRevert(refused);
        token.burn(1, "x");
        vm.stopPrank();
    }

    function test_hasSixDecimals() public view {
        same(token.decimals(), 6, "decimals");
        same(keccak256(bytes(token.symbol())), keccak256("tUSD"), "symbol");
    }
}
