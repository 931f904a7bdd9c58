// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Role bits of a participant; the same numbers as `Role` in schema/market.ts.
library Roles {
    uint16 internal constant PROVIDER = 1;
    uint16 internal constant BUYER = 2;
    uint16 internal constant AUDITOR = 4;
    uint16 internal constant RELAYER = 8;
    uint16 internal constant DELIVERER = 16;
    uint16 internal constant ANCHORER = 32;
    uint16 internal constant CUSTODIAN = 64;
    uint16 internal constant ALL = 127;
}
