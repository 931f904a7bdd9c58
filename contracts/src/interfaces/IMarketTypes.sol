// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Shapes that every part of the market shares
/// @notice Money is in the payment token's smallest unit (6 decimals); times are Unix seconds. The numbers of roles,
/// kinds and purposes are those of `schema/market.ts`.
interface IMarketTypes {
    /// @notice Everything about a listing that can never change. `listingId = keccak256(abi.encode(terms))`; the terms
    /// are not stored: whoever needs them supplies them, and they are checked against the id.
    /// @param provider the accredited provider; zero for an anonymous listing, which only a ring signature can open
    /// @param payee who is paid; for an anonymous listing also who controls it. Never zero
    /// @param contentHash keyed hash of the source bytes, the same for the same content
    /// @param plaintextRoot key-salted Merkle root of the de-identified record
    /// @param ciphertextRoot Merkle root of the encrypted file
    /// @param keyCommitment commitment to the file key
    /// @param metadataHash hash of the canonical JSON metadata
    /// @param legalEvidenceHash hash of the legal evidence file
    /// @param previousId the rejected or withdrawn listing that this one replaces; zero if none
    /// @param dataKind format of the payload, from 1
    /// @param region where the payload is stored, ISO 3166-1 numeric
    struct ListingTerms {
        address provider;
        address payee;
        bytes32 contentHash;
        bytes32 plaintextRoot;
        bytes32 ciphertextRoot;
        bytes32 keyCommitment;
        bytes32 metadataHash;
        bytes32 legalEvidenceHash;
        bytes32 previousId;
        uint8 dataKind;
        uint16 region;
    }

    /// @notice What the price model said, and what a listing is offered for at first.
    /// @param modelHash which model it was
    /// @param p10 the model's 10 % quantile of the price; p10 ≤ p50 ≤ p90
    /// @param p50 the model's median
    /// @param p90 the model's 90 % quantile
    /// @param purposes mask of the purposes of use that the provider consents to, not empty
    /// @param price asking price, above 0
    struct Offer {
        bytes32 modelHash;
        uint64 p10;
        uint64 p50;
        uint64 p90;
        uint32 purposes;
        uint64 price;
    }

    /// @notice Terms and offer without the provider, in ten words: as `listBatch` takes and `Listed` tells them.
    /// @param sale payee (160 bits, lowest) | dataKind (8) | region (16) | purposes (32) | zeros (40)
    /// @param prices price (64 bits, lowest) | p10 (64) | p50 (64) | p90 (64)
    struct PackedListing {
        uint256 sale;
        bytes32 contentHash;
        bytes32 plaintextRoot;
        bytes32 ciphertextRoot;
        bytes32 keyCommitment;
        bytes32 metadataHash;
        bytes32 legalEvidenceHash;
        bytes32 previousId;
        uint256 prices;
        bytes32 modelHash;
    }

    /// @notice PENDING may become APPROVED or REJECTED (by auditors), APPROVED may become REJECTED (approval revoked), both
    /// DELISTED. REJECTED and DELISTED are final.
    enum ListingStatus {
        NONE,
        PENDING,
        APPROVED,
        REJECTED,
        DELISTED
    }

    /// @notice PAID becomes DELIVERED or REFUNDED; DELIVERED becomes SETTLED or DISPUTED; DISPUTED becomes SETTLED or
    /// REFUNDED. SETTLED and REFUNDED are final.
    enum OrderStatus {
        NONE,
        PAID,
        DELIVERED,
        DISPUTED,
        SETTLED,
        REFUNDED
    }

    /// @notice The account does not hold this role, or its accreditation is expired or revoked.
    /// @param role the role's bit
    error NotAccredited(address account, uint16 role);
    /// @notice The market is paused until `until` at the latest; money of existing orders still moves.
    error MarketPaused(uint40 until);
    /// @notice A deadline has passed.
    error DeadlinePassed(uint256 deadline);
    /// @notice An argument of the deployment or of a batch is out of range.
    error InvalidArgument(string what);
}
