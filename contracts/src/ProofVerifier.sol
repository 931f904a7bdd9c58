// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IListings} from "./interfaces/IListings.sol";
import {IMarketTypes} from "./interfaces/IMarketTypes.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";
import {IRegistry} from "./interfaces/IRegistry.sol";
import {CodeStore} from "./libraries/CodeStore.sol";
import {Rfc6962} from "./libraries/Rfc6962.sol";
import {RingSignature} from "./libraries/RingSignature.sol";
import {Roles} from "./libraries/Roles.sol";
import {Votes} from "./libraries/Votes.sol";

contract ProofVerifier is IProofVerifier {
    uint256 private constant MIN_MEMBERS = 2;
    uint256 private constant MAX_MEMBERS = 32;

    function checkRegistration(IRegistry.Registration calldata r) external view {
        if (r.account == address(0)) revert IRegistry.InvalidRegistration(r.account, "account");
        if (r.institution == 0) revert IRegistry.InvalidRegistration(r.account, "institution");
        if (r.roles == 0 || r.roles & ~Roles.ALL != 0) revert IRegistry.InvalidRegistration(r.account, "roles");
        if (r.kind == 0) revert IRegistry.InvalidRegistration(r.account, "kind");
        if (r.validUntil < block.timestamp) revert IRegistry.InvalidRegistration(r.account, "validUntil");
        if (r.credentialCommitment == 0) revert IRegistry.InvalidRegistration(r.account, "credentialCommitment");
        bool audits = r.roles & Roles.AUDITOR != 0;
        if (audits ? r.auditorSlot >= Votes.SLOTS : r.auditorSlot != 0) {
            revert IRegistry.InvalidRegistration(r.account, "auditorSlot");
        }
    }

    function refuseListing(IMarketTypes.PackedListing calldata listing) external pure {
        if (uint160(listing.sale) == 0) revert IListings.InvalidTerms("payee");
        if (listing.contentHash == 0) revert IListings.InvalidTerms("contentHash");
        if (listing.plaintextRoot == 0) revert IListings.InvalidTerms("plaintextRoot");
        if (listing.ciphertextRoot == 0) revert IListings.InvalidTerms("ciphertextRoot");
        if (listing.keyCommitment == 0) revert IListings.InvalidTerms("keyCommitment");
        if (listing.metadataHash == 0) revert IListings.InvalidTerms("metadataHash");
        if (listing.legalEvidenceHash == 0) revert IListings.InvalidTerms("legalEvidenceHash");
        if (uint8(listing.sale >> 160) == 0) revert IListings.InvalidTerms("dataKind");
        if (uint64(listing.prices) == 0) revert IListings.InvalidTerms("price");
        if (uint32(listing.sale >> 184) == 0) revert IListings.InvalidTerms("purposes");
        revert IListings.InvalidTerms("quantiles");
    }

    function storeRing(uint256[] calldata points) external returns (bytes32 ringHash, address store) {
        uint256 members = points.length / 2;
        if (members < MIN_MEMBERS || members > MAX_MEMBERS || points.length % 2 != 0) revert InvalidRing(points.length);
        for (uint256 i; i < members; ++i) {
            // Rising x admits neither a key twice nor a key and its negative.
            bool rises = i == 0 || points[2 * i] > points[2 * i - 2];
            if (!rises || !RingSignature.isPoint(points[2 * i], points[2 * i + 1])) revert InvalidRing(i);
        }
        bytes memory packed = abi.encodePacked(points);
        return (keccak256(packed), CodeStore.write(packed));
    }

    function verifyRing(bytes32 message, bytes32 scope, address store, RingSignature.Signature calldata signature)
        external
        view
        returns (bool)
    {
        return RingSignature.verify(msg.sender, message, scope, CodeStore.read(store), signature);
    }

    function includes(bytes32 root, bytes32 leaf, uint64 index, uint64 size, bytes32[] calldata path)
        external
        pure
        returns (bool)
    {
        return Rfc6962.includes(root, leaf, index, size, path);
    }
}
