// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ITrade} from "../interfaces/ITrade.sol";

/// @dev Calls of the payment token that SafeERC20 does not have, without the compiler's allocations and looks at its code.
library TokenCalls {
    /// @return amount what this contract holds. Reverts if the token fails or answers less than a word (as an account without
    /// code does).
    function held(address token) internal view returns (uint256 amount) {
        bytes4 selector = IERC20.balanceOf.selector;
        bool known;
        assembly ("memory-safe") {
            mstore(0, selector)
            mstore(4, address())
            known := staticcall(gas(), token, 0, 0x24, 0, 0x20)
            known := and(known, gt(returndatasize(), 0x1f))
            amount := mload(0)
        }
        if (!known) revert SafeERC20.SafeERC20FailedOperation(token);
    }

    /// @dev Uses the caller's permit for this contract, or not: whether it was worth anything the transfer tells.
    function tryPermit(address token, ITrade.Permit calldata permit) internal {
        bytes4 selector = IERC20Permit.permit.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), caller())
            mstore(add(free, 0x24), address())
            calldatacopy(add(free, 0x44), permit, 0xa0) // value, deadline, v, r, s: as the token takes them
            pop(call(gas(), token, 0, free, 0xe4, 0, 0))
        }
    }
}
