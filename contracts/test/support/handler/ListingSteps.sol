// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../../../src/interfaces/IMarketTypes.sol";
import {RingSignature} from "../../../src/libraries/RingSignature.sol";
import {Roles} from "../../../src/libraries/Roles.sol";
import {RingSigner} from "../RingSigner.sol";
import {vm} from "../Vm.sol";
import {HandlerState} from "./HandlerState.sol";

/// @dev Listings are opened and changed.
abstract contract ListingSteps is HandlerState {
    function list(uint256 a) public {
        IMarketTypes.ListingTerms memory terms = _terms(provider, a);
        IMarketTypes.Offer memory offer = _offer(a);
        bytes32 structHash = _consent(terms, offer);
        bytes memory consent = _sign(PROVIDER_KEY, structHash);
        bool accredited = market.isAccredited(provider, Roles.PROVIDER) && market.isAccredited(relayer, Roles.RELAYER);
        bool open = !market.paused();
        vm.prank(relayer);
        try market.list(terms, offer, block.timestamp, consent) {
            _forbid(!accredited, "9: listed without accreditation");
            _forbid(!open, "listed while paused");
            listings.push(terms);
            _did("list");
        } catch {
            _forbid(accredited && open, "a good listing was refused");
        }
    }

    function listBatch(uint256 a) public {
        IMarketTypes.ListingTerms[2] memory terms = [_terms(provider, a), _terms(provider, a + 1)];
        IMarketTypes.PackedListing[] memory packed = new IMarketTypes.PackedListing[](2);
        bytes32[2] memory consents;
        IMarketTypes.Offer memory offer = _offer(a);
        for (uint256 i; i < 2; ++i) {
            packed[i].sale = uint256(uint160(payee)) | 1 << 160 | uint256(offer.purposes) << 184;
            packed[i].contentHash = terms[i].contentHash;
            packed[i].plaintextRoot = packed[i].ciphertextRoot = packed[i].keyCommitment = packed[i].metadataHash =
                packed[i].legalEvidenceHash = terms[i].plaintextRoot;
            packed[i].prices = offer.price;
            consents[i] = _consent(terms[i], offer);
        }
        bytes32 typeHash = keccak256(
            "ListingBatch(ListingConsent[] consents)ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)"
        );
        bytes memory consent =
            _sign(PROVIDER_KEY, keccak256(abi.encode(typeHash, keccak256(abi.encodePacked(consents)))));
        bool accredited = market.isAccredited(provider, Roles.PROVIDER) && market.isAccredited(relayer, Roles.RELAYER);
        bool open = !market.paused();
        vm.prank(relayer);
        try market.listBatch(provider, packed, block.timestamp, consent) {
            _forbid(!accredited, "9: listed without accreditation");
            _forbid(!open, "listed while paused");
            for (uint256 i; i < 2; ++i) {
                bool listed = market.listing(market.listingIdOf(terms[i])).status == IMarketTypes.ListingStatus.PENDING;
                _forbid(!listed, "a listing of a batch was left out");
                listings.push(terms[i]);
            }
            _did("listBatch");
        } catch {
            _forbid(accredited && open, "a good batch was refused");
        }
    }

    function listAnonymously(uint256 a) public {
        IMarketTypes.ListingTerms memory terms = _terms(address(0), a);
        // Few contents, so that key images meet.
        terms.contentHash = bytes32(a % 3 + 1);
        IMarketTypes.Offer memory offer = _offer(a);
        uint256 signer = (a >> 8) % 2;
        bytes32 scope = keccak256(abi.encode(address(market), terms.contentHash));
        bytes32 keyImage;
        {
            (uint256 x, uint256 y) = RingSignature.hashToCurve(scope);
            uint256[2] memory image = RingSigner.multiply([x, y], secrets[signer]);
            keyImage = keccak256(abi.encode(image[0], image[1]));
        }
        bytes32 former = lastOfImage[keyImage];
        if ((a >> 16) % 2 == 0) terms.previousId = former;
        IMarketTypes.ListingStatus formerStatus = market.listing(former).status;
        RingSignature.Signature memory signature = RingSigner.sign(
            address(market), _consent(terms, offer), scope, points, signer, secrets[signer]
        );
        bool accredited = market.isAccredited(relayer, Roles.RELAYER);
        vm.prank(relayer);
        try market.listAnonymously(terms, offer, block.timestamp, ringHash, signature) {
            _forbid(
                former != 0
                    && (formerStatus == IMarketTypes.ListingStatus.PENDING
                        || formerStatus == IMarketTypes.ListingStatus.APPROVED),
                "7: two open listings of one key image"
            );
            _forbid(!accredited, "9: listed without accreditation");
            lastOfImage[keyImage] = market.listingIdOf(terms);
            listings.push(terms);
            _did("listAnonymously");
        } catch {}
    }

    function control(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        IMarketTypes.ListingTerms memory terms = listings[_recent(a, listings.length)];
        address controller = market.controllerOf(terms);
        bytes32 id = market.listingIdOf(terms);
        bool accredited = _mayChange(terms);
        vm.prank(controller);
        if (b % 3 == 0) {
            try market.delist(terms) {
                _did("delist");
            } catch {}
        } else if (b % 3 == 1) {
            try market.reprice(terms, uint64((b >> 8) % 1e9 + 1)) {
                _forbid(!accredited, "9: repriced without accreditation");
                _did("reprice");
            } catch {}
        } else {
            uint32 current = market.listing(id).purposes;
            vm.prank(controller);
            try market.narrowConsent(terms, current & 5) {
                _forbid(market.listing(id).purposes & ~current != 0, "consent was widened");
                _did("narrow");
            } catch {}
        }
    }
}
