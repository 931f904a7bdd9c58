// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Compiled from OpenZeppelin unchanged, so that its bytecode is at hand for deployments.
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
