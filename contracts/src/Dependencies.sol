// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @dev OpenZeppelin's, unchanged: here for its bytecode, which deployments take from schema/abi.
interface IDependencies {
    /// @return the administration of market and token
    function manager() external view returns (AccessManager);
}
