// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";
import {RingSignature} from "../libraries/RingSignature.sol";

/// @title Anonymous listings
/// @notice "One of these accredited providers" offers a record: a linkable ring signature over a fixed, registered ring
/// (docs/ring-signature.md). The scope is `keccak256(abi.encode(market, contentHash))`: one provider lists one content once.
interface IAnonymousListings is IMarketTypes {
    /// @notice A registered ring.
    /// @param store contract whose code holds the points; zero if not registered or revoked
    /// @param quota listings that the ring may open in an epoch
    /// @param used listings opened in `epoch`
    /// @param epochLength seconds
    /// @param epoch number of the epoch that `used` is of: Unix time / epochLength
    struct Ring {
        address store;
        uint16 quota;
        uint16 used;
        uint32 epochLength;
        uint32 epoch;
    }

    /// @notice A ring may open `quota` listings in each epoch of `epochLength` seconds. `points` are x and y of each member.
    event RingRegistered(bytes32 indexed ringHash, uint256[] points, uint16 quota, uint32 epochLength);
    /// @notice The ring opens no more listings. Those that it has opened stay.
    event RingRevoked(bytes32 indexed ringHash);
    /// @notice Comes after `Listed`. `keyImage` is keccak256 of its x and y.
    event AnonymouslyListed(bytes32 indexed listingId, bytes32 indexed ringHash, bytes32 indexed keyImage);

    /// @notice The ring is registered already.
    error RingExists(bytes32 ringHash);
    /// @notice The ring is unknown or revoked.
    error RingUnknown(bytes32 ringHash);
    /// @notice The ring has opened as many listings as it may in this epoch.
    error RingQuotaUsed(bytes32 ringHash, uint32 epoch);
    /// @notice The signature does not prove that a member of the ring consents.
    error InvalidRingSignature();
    /// @notice The signer has listed this content before, as `listingId`.
    error KeyImageUsed(bytes32 keyImage, bytes32 listingId);
    /// @notice The terms name a provider: list with the provider's consent.
    error NotAnonymous();

    /// @notice Registers a ring of providers whose accreditation was checked. Registrar only.
    /// @dev Reverts with InvalidArgument, RingExists, InvalidRing (of the proof verifier).
    /// @param points x and y of each member, by strictly rising x: 2 to 32 points of alt_bn128; see IProofVerifier.InvalidRing
    /// @param quota listings that the ring may open in an epoch, above 0
    /// @param epochLength seconds, above 0
    /// @return ringHash keccak256 of the coordinates, 32 bytes each
    function registerRing(uint256[] calldata points, uint16 quota, uint32 epochLength) external returns (bytes32 ringHash);

    /// @notice Closes a ring for new listings. Registrar only. A revoked ring is not registered again.
    /// @dev Reverts with RingUnknown.
    function revokeRing(bytes32 ringHash) external;

    /// @notice Opens a listing without a provider. Relayer only. The message that is signed is the struct hash of
    /// `ListingConsent` (see IListings). A listing with the key image of a former one must name that one as `previousId`.
    /// @dev Reverts with MarketPaused, NotAccredited, NotAnonymous, DeadlinePassed, RingUnknown, RingQuotaUsed,
    /// InvalidRingSignature, KeyImageUsed, InvalidTerms, ListingExists, ListingStatusIs (of `previousId`).
    /// @param deadline last second at which the signature may be used
    function listAnonymously(
        ListingTerms calldata terms,
        Offer calldata offer,
        uint256 deadline,
        bytes32 ringHash,
        RingSignature.Signature calldata signature
    ) external returns (bytes32 listingId);

    /// @return the ring as it is stored; all zero if it was never registered
    function ring(bytes32 ringHash) external view returns (Ring memory);

    /// @return the listing that a key image (keccak256 of its x and y) was last used for; zero if none
    function listingOfKeyImage(bytes32 keyImage) external view returns (bytes32);
}
