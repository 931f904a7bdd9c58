// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev A token that keeps a fee, says false, calls back, or tells its balances short, as told.
contract HostileToken is ERC20("Hostile", "HOST") {
    enum Mode {
        HONEST,
        FEE,
        FALSE,
        SILENT_FALSE,
        REENTER,
        SHORT
    }

    Mode public mode;
    address public target;
    bytes public call;
    bool public reentered;
    bytes public answer;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function behave(Mode mode_, address target_, bytes calldata call_) external {
        mode = mode_;
        target = target_;
        call = call_;
        reentered = false;
    }

    /// @dev In 31 bytes, if told so: a byte less than a word.
    function balanceOf(address account) public view override returns (uint256 held) {
        held = super.balanceOf(account);
        if (mode != Mode.SHORT) return held;
        assembly ("memory-safe") {
            mstore(0, held)
            return(0, 31)
        }
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return _behave() && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (mode == Mode.SILENT_FALSE) return true;
        if (!_behave()) return false;
        super.transferFrom(from, to, amount);
        if (mode == Mode.FEE) _burn(to, amount / 100);
        return true;
    }

    function _behave() private returns (bool) {
        if (mode == Mode.FALSE) return false;
        if (mode == Mode.REENTER && !reentered) {
            reentered = true;
            bool success;
            (success, answer) = target.call(call);
            require(!success, "re-entry succeeded");
        }
        return true;
    }
}
