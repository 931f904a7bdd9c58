// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketplace} from "../../../src/interfaces/IMarketplace.sol";
import {IMarketTypes} from "../../../src/interfaces/IMarketTypes.sol";
import {IRegistry} from "../../../src/interfaces/IRegistry.sol";
import {Roles} from "../../../src/libraries/Roles.sol";
import {consentHash} from "../ConsentHash.sol";
import {IToken} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev What a handler knows of the market: its books, kept a second time, and the first thing that must not have happened.
abstract contract HandlerState {
    struct Known {
        bytes32 orderId;
        uint256 listing;
        address buyer;
        bytes32 salt;
        uint64 amount;
        /// Market time at which it was delivered; 0 before.
        uint40 deliveredAt;
        uint8 payouts;
        uint8 refunds;
        IMarketTypes.OrderStatus last;
    }

    struct Cast {
        address auditor;
        uint256 generation;
        bool approve;
    }

    IMarketplace internal immutable market;
    IToken internal immutable token;
    address[3] internal auditors;
    uint256[3] internal auditorKeys;
    address[2] internal buyers;
    address internal immutable provider;
    address internal immutable relayer;
    address internal immutable deliverer;
    address internal immutable anchorer;
    address internal immutable payee;
    address internal immutable treasury;
    uint256 internal constant PROVIDER_KEY = 0xA11CE;
    uint256 internal constant BUYER_KEY = 0xB0B;
    uint40 internal constant FAR = type(uint40).max;

    uint256 public paidIn;
    uint256 public paidOut;
    uint256 public donated;
    uint64 internal accessesTold;
    string public violation;
    uint256 public total;
    mapping(string step => uint256) public successes;

    IMarketTypes.ListingTerms[] internal listings;
    /// The votes that count, by listing or by disputed order: counted here a second time.
    mapping(bytes32 subject => Cast[]) internal votes;
    Known[] internal orders;
    mapping(bytes32 orderId => bool) internal seen;
    mapping(bytes32 keyImage => bytes32 listingId) internal lastOfImage;
    uint256[] internal secrets;
    uint256[] internal points;
    bytes32 internal ringHash;
    uint256 internal nonce;

    constructor(
        IMarketplace market_,
        IToken token_,
        address[3] memory auditors_,
        uint256[3] memory auditorKeys_,
        address provider_,
        address buyer_,
        address relayer_,
        address deliverer_,
        address anchorer_,
        address payee_,
        address treasury_
    ) {
        market = market_;
        token = token_;
        auditors = auditors_;
        auditorKeys = auditorKeys_;
        provider = provider_;
        buyers = [buyer_, address(0xB2)];
        relayer = relayer_;
        deliverer = deliverer_;
        anchorer = anchorer_;
        payee = payee_;
        treasury = treasury_;
    }

    function _did(string memory name) internal {
        ++successes[name];
        ++total;
    }

    function _forbid(bool happened, string memory what) internal {
        if (happened && bytes(violation).length == 0) violation = what;
    }

    /// @dev Needs nothing but the listing, and what the contracts' own views say of its draw.
    function _mayVote(bytes32 id, address auditor) internal view virtual returns (bool);

    /// @dev One of the last eight, so that steps meet each other.
    function _recent(uint256 a, uint256 length) internal pure returns (uint256) {
        uint256 window = length < 8 ? length : 8;
        return length - 1 - a % window;
    }

    /// @dev Whether the listing's provider, if it has one, is accredited.
    function _mayChange(IMarketTypes.ListingTerms memory terms) internal view returns (bool) {
        return terms.provider == address(0) || market.isAccredited(provider, Roles.PROVIDER);
    }

    function _terms(address by, uint256 a) internal returns (IMarketTypes.ListingTerms memory terms) {
        terms.provider = by;
        terms.payee = payee;
        terms.contentHash = keccak256(abi.encode(++nonce));
        terms.plaintextRoot = terms.ciphertextRoot = terms.keyCommitment = terms.metadataHash = terms.legalEvidenceHash =
            keccak256(abi.encode(a, nonce));
        terms.dataKind = 1;
    }

    function _offer(uint256 a) internal pure returns (IMarketTypes.Offer memory offer) {
        offer.price = uint64(a % 1e9 + 1);
        offer.purposes = 7;
    }

    function _consent(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer)
        internal
        view
        returns (bytes32)
    {
        return consentHash(terms, offer, block.timestamp);
    }

    function _sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Galen Marketplace"),
                keccak256("1"),
                block.chainid,
                address(market)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function _register(address account, uint16 roles, uint8 slot, uint40 until) internal {
        _register(account, roles, slot, until, market.participant(provider).institution);
    }

    function _register(address account, uint16 roles, uint8 slot, uint40 until, bytes32 institution) internal {
        IRegistry.Registration[] memory batch = new IRegistry.Registration[](1);
        batch[0] = IRegistry.Registration({
            account: account,
            institution: institution,
            roles: roles,
            kind: 1,
            auditorSlot: slot,
            validUntil: until,
            credentialCommitment: "credential",
            recipientCommitment: "recipient"
        });
        market.registerParticipants(batch);
    }
}
