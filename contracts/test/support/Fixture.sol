// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IMarketplace} from "../../src/interfaces/IMarketplace.sol";
import {IMarketTypes} from "../../src/interfaces/IMarketTypes.sol";
import {IRegistry} from "../../src/interfaces/IRegistry.sol";
import {ITrade} from "../../src/interfaces/ITrade.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {IPaymentToken} from "../../src/interfaces/IPaymentToken.sol";
import {Checks} from "./Checks.sol";
import {consentHash} from "./ConsentHash.sol";
import {vm} from "./Vm.sol";

interface IToken is IERC20Metadata, IERC20Permit, IPaymentToken {}

/// @dev A market with one of everything, at a fixed time, and short ways through it.
abstract contract Fixture is Checks {
    uint256 internal constant START = 1_800_000_000;
    uint40 internal constant DELIVERY_WINDOW = 1 days;
    uint40 internal constant SETTLE_WINDOW = 1 hours;
    uint40 internal constant DISPUTE_WINDOW = 7 days;
    uint40 internal constant MAX_PAUSE = 3 days;
    uint40 internal constant FAR = uint40(START + 3650 days);
    uint16 internal constant FEE_BPS = 250;
    uint64 internal constant PRICE = 1_000_000;
    uint32 internal constant PURPOSES = 7;
    uint64 internal constant REGISTRAR = 1;
    uint64 internal constant PAUSER = 2;
    uint64 internal constant TREASURER = 3;

    uint256 internal constant PROVIDER_KEY = 0xA11CE;
    uint256 internal constant BUYER_KEY = 0xB0B;
    uint256 internal constant AUDITOR_KEY = 0xA0D1;
    address internal provider = vm.addr(PROVIDER_KEY);
    address internal buyer = vm.addr(BUYER_KEY);
    address[3] internal auditors = [vm.addr(AUDITOR_KEY), vm.addr(AUDITOR_KEY + 1), vm.addr(AUDITOR_KEY + 2)];
    address internal relayer = address(0x4E1A);
    address internal deliverer = address(0xDE11);
    address internal anchorer = address(0xA2C4);
    address internal payee = address(0xFA7EE);
    address internal treasury = address(0x7EA5);
    address internal stranger = address(0x57A6);

    IAccessManager internal manager;
    IToken internal token;
    IMarketplace internal market;
    uint256 private _bankReference;

    function setUp() public virtual {
        vm.warp(START);
        manager = IAccessManager(vm.deployCode("AccessManager.sol:AccessManager", abi.encode(address(this))));
        token = IToken(
            vm.deployCode("PaymentToken.sol:PaymentToken", abi.encode("Test Dollar", "tUSD", address(manager)))
        );
        market = _create(_config(address(token)));
        _administer(market);
        _assign(address(token), IPaymentToken.mint.selector, TREASURER);
        _assign(address(token), IPaymentToken.burn.selector, TREASURER);
        manager.grantRole(REGISTRAR, address(this), 0);
        manager.grantRole(PAUSER, address(this), 0);
        manager.grantRole(TREASURER, address(this), 0);
        _populate(market);
        _fund(buyer, 1_000_000e6);
        vm.prank(buyer);
        token.approve(address(market), type(uint256).max);
    }

    /// @dev By artifact: with `new` the compiler would optimise the market again in each test contract.
    function _create(IMarketplace.MarketConfig memory config) internal returns (IMarketplace) {
        return IMarketplace(vm.deployCode("Marketplace.sol:Marketplace", abi.encode(config)));
    }

    function _refusedConfig(IMarketplace.MarketConfig memory config, string memory what) internal {
        bytes memory code = abi.encodePacked(vm.getCode("Marketplace.sol:Marketplace"), abi.encode(config));
        vm.expectRevert(abi.encodeWithSelector(IMarketTypes.InvalidArgument.selector, what));
        address created;
        assembly ("memory-safe") {
            created := create(0, add(code, 0x20), mload(code))
        }
        // Forge makes a creation that reverts as expected look successful, and any other look failed.
        check(created != address(0), what);
    }

    function _config(address token_) internal view returns (IMarketplace.MarketConfig memory) {
        return IMarketplace.MarketConfig({
            manager: address(manager),
            token: token_,
            treasury: treasury,
            feeBps: FEE_BPS,
            quorum: 2,
            deliveryWindow: DELIVERY_WINDOW,
            settleWindow: SETTLE_WINDOW,
            disputeWindow: DISPUTE_WINDOW,
            maxPause: MAX_PAUSE,
            auditorDraw: address(0)
        });
    }

    function _administer(IMarketplace target) internal {
        _assign(address(target), target.registerParticipants.selector, REGISTRAR);
        _assign(address(target), target.revokeParticipants.selector, REGISTRAR);
        _assign(address(target), target.registerRing.selector, REGISTRAR);
        _assign(address(target), target.revokeRing.selector, REGISTRAR);
        _assign(address(target), target.pause.selector, PAUSER);
        _assign(address(target), target.unpause.selector, PAUSER);
    }

    function _populate(IMarketplace target) internal {
        _register(target, provider, Roles.PROVIDER, 0, FAR);
        _register(target, buyer, Roles.BUYER, 0, FAR);
        _register(target, relayer, Roles.RELAYER, 0, FAR);
        _register(target, deliverer, Roles.DELIVERER, 0, FAR);
        _register(target, anchorer, Roles.ANCHORER, 0, FAR);
        for (uint8 i; i < 3; ++i) _register(target, auditors[i], Roles.AUDITOR, i, FAR);
    }

    function _assign(address target, bytes4 selector, uint64 role) internal {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }

    function _registration(address account, uint16 roles, uint8 slot, uint40 validUntil)
        internal
        pure
        returns (IRegistry.Registration memory)
    {
        return IRegistry.Registration({
            account: account,
            institution: keccak256("institution"),
            roles: roles,
            kind: 1,
            auditorSlot: slot,
            validUntil: validUntil,
            credentialCommitment: keccak256(abi.encode("credential", account)),
            recipientCommitment: bytes20(keccak256(abi.encode("recipient", account)))
        });
    }

    function _register(IMarketplace target, address account, uint16 roles, uint8 slot, uint40 validUntil) internal {
        _register(target, _registration(account, roles, slot, validUntil));
    }

    function _register(IMarketplace target, IRegistry.Registration memory registration) internal {
        IRegistry.Registration[] memory batch = new IRegistry.Registration[](1);
        batch[0] = registration;
        target.registerParticipants(batch);
    }

    function _revoke(address account) internal {
        address[] memory batch = new address[](1);
        batch[0] = account;
        market.revokeParticipants(batch);
    }

    function _fund(address account, uint256 amount) internal {
        token.mint(account, amount, bytes32(++_bankReference));
    }

    function _terms(uint256 salt) internal view returns (IMarketTypes.ListingTerms memory) {
        return IMarketTypes.ListingTerms({
            provider: provider,
            payee: payee,
            contentHash: keccak256(abi.encode("content", salt)),
            plaintextRoot: keccak256(abi.encode("plaintext", salt)),
            ciphertextRoot: keccak256(abi.encode("ciphertext", salt)),
            keyCommitment: keccak256(abi.encode("key", salt)),
            metadataHash: keccak256(abi.encode("metadata", salt)),
            legalEvidenceHash: keccak256(abi.encode("evidence", salt)),
            previousId: 0,
            dataKind: 1,
            region: 276
        });
    }

    function _offer() internal pure returns (IMarketTypes.Offer memory) {
        return IMarketTypes.Offer({
            price: PRICE,
            purposes: PURPOSES,
            p10: PRICE / 2,
            p50: PRICE,
            p90: PRICE * 2,
            modelHash: keccak256("model")
        });
    }

    function _pack(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer)
        internal
        pure
        returns (IMarketTypes.PackedListing memory)
    {
        return IMarketTypes.PackedListing({
            sale: uint256(uint160(terms.payee)) | uint256(terms.dataKind) << 160 | uint256(terms.region) << 168
                | uint256(offer.purposes) << 184,
            contentHash: terms.contentHash,
            plaintextRoot: terms.plaintextRoot,
            ciphertextRoot: terms.ciphertextRoot,
            keyCommitment: terms.keyCommitment,
            metadataHash: terms.metadataHash,
            legalEvidenceHash: terms.legalEvidenceHash,
            previousId: terms.previousId,
            prices: uint256(offer.price) | uint256(offer.p10) << 64 | uint256(offer.p50) << 128
                | uint256(offer.p90) << 192,
            modelHash: offer.modelHash
        });
    }

    function _domainSeparator(address verifier, string memory name) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
    }

    /// @dev Signs a struct hash in the market's domain.
    function _sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 digest =
            keccak256(abi.encodePacked("\x19\x01", _domainSeparator(address(market), "Galen Marketplace"), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _consentHash(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer, uint256 deadline)
        internal
        pure
        returns (bytes32)
    {
        return consentHash(terms, offer, deadline);
    }

    function _votesHash(bytes32[] memory ids, bool approve, uint16 reason, uint256 deadline) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("AuditVotes(bytes32[] listingIds,bool approve,uint16 reason,uint256 deadline)"),
                keccak256(abi.encodePacked(ids)),
                approve,
                reason,
                deadline
            )
        );
    }

    function _votes(bytes32[] memory ids, bool approve, uint16 reason, uint256 count)
        internal
        view
        returns (bytes[] memory signatures)
    {
        signatures = new bytes[](count);
        for (uint256 i; i < count; ++i) signatures[i] = _sign(AUDITOR_KEY + i, _votesHash(ids, approve, reason, block.timestamp));
    }

    function _list(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer) internal returns (bytes32) {
        bytes memory consent = _sign(PROVIDER_KEY, _consentHash(terms, offer, block.timestamp));
        vm.prank(relayer);
        return market.list(terms, offer, block.timestamp, consent);
    }

    function _list(uint256 salt) internal returns (bytes32) {
        return _list(_terms(salt), _offer());
    }

    function _vote(uint256 auditor, bytes32 listingId, bool approve) internal {
        vm.prank(auditors[auditor]);
        market.vote(listingId, approve, 0);
    }

    function _listApproved(uint256 salt) internal returns (bytes32 listingId) {
        listingId = _list(salt);
        _vote(0, listingId, true);
        _vote(1, listingId, true);
    }

    function _items(bytes32 listingId, bytes32 salt) internal pure returns (ITrade.Item[] memory items) {
        items = new ITrade.Item[](1);
        items[0] = ITrade.Item({listingId: listingId, maxPrice: PRICE, purpose: 1, salt: salt});
    }

    function _purchase(bytes32 listingId, bytes32 salt) internal returns (bytes32) {
        vm.prank(buyer);
        return market.purchase(_items(listingId, salt))[0];
    }

    function _deliver(bytes32 orderId) internal {
        vm.prank(deliverer);
        market.deliver(orderId, keccak256("delivery"));
    }

    function _status(bytes32 listingId) internal view returns (IMarketTypes.ListingStatus) {
        return market.listing(listingId).status;
    }

    function _orderStatus(bytes32 orderId) internal view returns (IMarketTypes.OrderStatus) {
        return market.order(orderId).status;
    }

    function _notAccredited(address account, uint16 role) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMarketTypes.NotAccredited.selector, account, role);
    }
}
