// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The market's money
/// @notice An ERC-20 of 6 decimals with EIP-2612 permit, minted and burnt against bank references by the TREASURER.
interface IPaymentToken {
    /// @notice `amount` was minted for money at the bank, in the token's smallest unit.
    event Minted(bytes32 indexed bankReference, address indexed to, uint256 amount);
    /// @notice `amount` was burnt for money that left the bank, in the token's smallest unit.
    event Burned(bytes32 indexed bankReference, address indexed from, uint256 amount);

    /// @notice The bank reference is zero or was used before.
    error BankReferenceUsed(bytes32 bankReference);

    /// @notice Mints for money that arrived at the bank. Treasurer only.
    /// @dev Reverts with BankReferenceUsed.
    /// @param bankReference hash of the bank's reference, used once
    function mint(address to, uint256 amount, bytes32 bankReference) external;

    /// @notice Burns from the treasurer's own balance for money that left the bank. Treasurer only.
    /// @dev Reverts with BankReferenceUsed, or as the token does for want of balance.
    /// @param bankReference hash of the bank's reference, used once
    function burn(uint256 amount, bytes32 bankReference) external;

    /// @return whether money was minted or burnt against this reference
    function bankReferenceUsed(bytes32 bankReference) external view returns (bool);
}
