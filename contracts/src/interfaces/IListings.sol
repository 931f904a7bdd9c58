// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "./IMarketTypes.sol";

/// @title Listings
/// @notice A named listing carries the provider's consent, an EIP-712 signature of
/// `ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)` in the domain
/// ("Galen Marketplace", "1", chain id, market). Neither relayer nor payee can replace it. The *controller* of a listing is
/// its provider, or the payee of an anonymous one.
interface IListings is IMarketTypes {
    /// @notice A listing as it is stored, in one word.
    /// @param votes packed audit votes, see docs/market.md
    struct Listing {
        uint64 price;
        uint32 purposes;
        ListingStatus status;
        uint152 votes;
    }

    /// @notice A listing awaits audit. `provider` is zero if it is anonymous.
    event Listed(bytes32 indexed listingId, address indexed provider, PackedListing listing);
    /// @notice The listing is off the market for good; orders made before stay.
    event Delisted(bytes32 indexed listingId);
    /// @notice The price of later sales, in the payment token's smallest unit.
    event Repriced(bytes32 indexed listingId, uint64 price);
    /// @notice The purposes (a mask) that later sales are allowed for.
    event ConsentNarrowed(bytes32 indexed listingId, uint32 purposes);

    /// @notice A term or the offer is malformed: `field` names it.
    error InvalidTerms(string field);
    /// @notice These terms were listed before; an id is never used twice.
    error ListingExists(bytes32 listingId);
    /// @notice No such listing, or its status does not allow the step.
    error ListingStatusIs(bytes32 listingId, ListingStatus status);
    /// @notice Only the listing's controller may do this.
    error NotController(address account, address controller);
    /// @notice The signature is not the named signer's over these values.
    error InvalidSignature(address signer);
    /// @notice Purposes can be taken away, never added, and not all of them: delist instead.
    error NotNarrower(uint32 current, uint32 requested);
    /// @notice A listing without a provider is opened by a ring signature alone.
    error AnonymousNeedsRing();

    /// @notice Publishes a named listing. Relayer only; the provider must be accredited now and have signed the consent.
    /// @dev Reverts with MarketPaused, NotAccredited, AnonymousNeedsRing, DeadlinePassed, InvalidSignature, InvalidTerms,
    /// ListingExists, ListingStatusIs (of `previousId`).
    /// @param deadline last second at which the consent may be used
    /// @param consent the provider's signature: 65 bytes, or ERC-1271's if the provider is a contract
    /// @return listingId its id
    function list(ListingTerms calldata terms, Offer calldata offer, uint256 deadline, bytes calldata consent)
        external
        returns (bytes32 listingId);

    /// @notice Publishes listings of one provider, all or none, with one consent:
    /// `ListingBatch(ListingConsent[] consents)ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)`.
    /// Otherwise as `list`.
    /// @dev Reverts with InvalidArgument (no listings), MarketPaused, NotAccredited, AnonymousNeedsRing, DeadlinePassed,
    /// InvalidSignature, InvalidTerms, ListingExists, ListingStatusIs (of a `previousId`); without a reason if a packed value
    /// has bits above its fields.
    function listBatch(address provider, PackedListing[] calldata listings, uint256 deadline, bytes calldata consent) external;

    /// @notice Takes a listing off the market for good; orders made before stay. Controller only, in any status but the
    /// final ones.
    /// @dev Reverts with NotController, ListingStatusIs.
    function delist(ListingTerms calldata terms) external;

    /// @notice As `delist`, by anyone with the controller's `Delist(bytes32 listingId,uint256 deadline)`.
    /// @dev Reverts with DeadlinePassed, InvalidSignature, ListingStatusIs.
    function delistBySignature(ListingTerms calldata terms, uint256 deadline, bytes calldata signature) external;

    /// @notice Changes the price of later sales. Controller only; a named one must be accredited now.
    /// @dev Reverts with NotController, NotAccredited, InvalidTerms, ListingStatusIs.
    function reprice(ListingTerms calldata terms, uint64 price) external;

    /// @notice As `reprice`, by anyone with the controller's
    /// `Reprice(bytes32 listingId,uint64 price,uint256 nonce,uint256 deadline)`, where nonce is `nonces(controller)`.
    /// @dev Reverts with DeadlinePassed, InvalidSignature, or as `reprice`.
    function repriceBySignature(ListingTerms calldata terms, uint64 price, uint256 deadline, bytes calldata signature) external;

    /// @notice Withdraws purposes for later sales. Controller only.
    /// @dev Reverts with NotController, ListingStatusIs, NotNarrower.
    /// @param purposes what remains: a non-empty, strict subset
    function narrowConsent(ListingTerms calldata terms, uint32 purposes) external;

    /// @notice As `narrowConsent`, by anyone with the controller's
    /// `NarrowConsent(bytes32 listingId,uint32 purposes,uint256 deadline)`.
    /// @dev Reverts with DeadlinePassed, InvalidSignature, or as `narrowConsent`.
    function narrowConsentBySignature(
        ListingTerms calldata terms,
        uint32 purposes,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @return who may change the listing: its provider, or the payee of an anonymous one
    function controllerOf(ListingTerms calldata terms) external pure returns (address);

    /// @return the id of these terms, the same on every chain
    function listingIdOf(ListingTerms calldata terms) external pure returns (bytes32);

    /// @return the stored state of a listing; status NONE if there is none
    function listing(bytes32 listingId) external view returns (Listing memory);
}
