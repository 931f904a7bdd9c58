// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The market's money
/// @notice An ERC-20 of 6 decimals with EIP-2612 permit, minted and burnt against bank references by the TREASURER.
interface IPaymentToken {
    event Minted(bytes32 indexed bankReference, address indexed to, uint256 amount);
    event Burned(bytes32 indexed bankReference, address indexed from, uint256 amount);

    /// @notice The bank reference is zero or was used before.
    error BankReferenceUsed(bytes32 bankReference);

    /// @notice Mints for money that arrived at the bank. Treasurer only.
    /// @param bankReference hash of the bank's reference, used once
    function mint(address to, uint256 amount, bytes32 bankReference) external;

    /// @notice Burns from the treasurer's own balance for money that left the bank. Treasurer only.
    /// @param bankReference hash of the bank's reference, used once
    function burn(uint256 amount, bytes32 bankReference) external;

    function bankReferenceUsed(bytes32 bankReference) external view returns (bool);
}
