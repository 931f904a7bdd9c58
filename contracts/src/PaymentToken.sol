// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IPaymentToken} from "./interfaces/IPaymentToken.sol";

/// @dev The test dollar in development, the consortium's deposit token in production: they differ in name alone.
contract PaymentToken is ERC20, ERC20Permit, AccessManaged, IPaymentToken {
    mapping(bytes32 bankReference => bool) public bankReferenceUsed;

    constructor(string memory name, string memory symbol, address manager)
        ERC20(name, symbol)
        ERC20Permit(name)
        AccessManaged(manager)
    {}

    function mint(address to, uint256 amount, bytes32 bankReference) external restricted {
        _use(bankReference);
        _mint(to, amount);
        emit Minted(bankReference, to, amount);
    }

    function burn(uint256 amount, bytes32 bankReference) external restricted {
        _use(bankReference);
        _burn(msg.sender, amount);
        emit Burned(bankReference, msg.sender, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function _use(bytes32 bankReference) private {
        if (bankReference == 0 || bankReferenceUsed[bankReference]) revert BankReferenceUsed(bankReference);
        bankReferenceUsed[bankReference] = true;
    }
}
