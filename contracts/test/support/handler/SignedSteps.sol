// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../../../src/interfaces/IMarketTypes.sol";
import {Roles} from "../../../src/libraries/Roles.sol";
import {TradeSteps} from "./TradeSteps.sol";

/// @dev What a controller or an account does by signature, whoever sends it.
abstract contract SignedSteps is TradeSteps {
    /// @dev With the provider's signature, which is nothing for an anonymous listing; now and then with another's.
    function controlBySignature(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        uint256 number = _recent(a, listings.length);
        bool good = listings[number].provider != address(0) && (b >> 32) % 8 != 0;
        uint256 key = (b >> 32) % 8 == 0 ? BUYER_KEY : PROVIDER_KEY;
        if (b % 5 == 0) _delist(listings[number], key, good);
        else if (b % 5 == 1) _reprice(listings[number], key, good, uint64((b >> 8) % 1e9 + 1));
        else if (b % 5 == 2) _narrow(listings[number], key, good);
        else _grant(number, key, good, b >> 8);
    }

    function withdrawBySignature(uint256 a) public {
        uint256 due = market.credit(buyers[0]);
        bytes32 typeHash = keccak256("Withdraw(address account,address to,uint256 nonce,uint256 deadline)");
        address to = a % 2 == 0 ? buyers[0] : buyers[1];
        uint256 number = market.nonces(buyers[0]);
        bool good = a % 8 > 1;
        bytes32 structHash = keccak256(abi.encode(typeHash, buyers[0], to, good ? number : number + 1, block.timestamp));
        try market.withdrawBySignature(buyers[0], to, block.timestamp, _sign(BUYER_KEY, structHash)) returns (uint256 amount) {
            _forbid(!good, "withdrawn with a signature of another number");
            _forbid(amount != due || due == 0, "another amount was withdrawn");
            paidOut += amount;
            _did("withdrawBySignature");
        } catch {
            _forbid(good && due != 0, "9, 10: a withdrawal was blocked");
        }
    }

    function _delist(IMarketTypes.ListingTerms memory terms, uint256 key, bool good) private {
        bytes32 id = market.listingIdOf(terms);
        bytes32 typeHash = keccak256("Delist(bytes32 listingId,uint256 deadline)");
        bytes memory signature = _sign(key, keccak256(abi.encode(typeHash, id, block.timestamp)));
        bool open = _isOpen(id);
        try market.delistBySignature(terms, block.timestamp, signature) {
            _forbid(!good, "delisted without a signature of the controller");
            _forbid(!open, "6: delisted what had ended");
            _did("delistBySignature");
        } catch {
            _forbid(good && open, "a good delisting was refused");
        }
    }

    function _reprice(IMarketTypes.ListingTerms memory terms, uint256 key, bool good, uint64 price) private {
        bytes32 id = market.listingIdOf(terms);
        bytes32 typeHash = keccak256("Reprice(bytes32 listingId,uint64 price,uint256 nonce,uint256 deadline)");
        uint256 number = market.nonces(provider);
        bytes memory signature = _sign(key, keccak256(abi.encode(typeHash, id, price, number, block.timestamp)));
        bool allowed = good && _mayChange(terms) && _isOpen(id);
        try market.repriceBySignature(terms, price, block.timestamp, signature) {
            _forbid(!allowed, "9: repriced without signature or accreditation");
            _forbid(market.nonces(provider) != number + 1, "a number was not used up");
            _did("repriceBySignature");
        } catch {
            _forbid(allowed, "a good price was refused");
        }
    }

    function _narrow(IMarketTypes.ListingTerms memory terms, uint256 key, bool good) private {
        bytes32 id = market.listingIdOf(terms);
        bytes32 typeHash = keccak256("NarrowConsent(bytes32 listingId,uint32 purposes,uint256 deadline)");
        uint32 current = market.listing(id).purposes;
        bytes memory signature = _sign(key, keccak256(abi.encode(typeHash, id, current & 5, block.timestamp)));
        try market.narrowConsentBySignature(terms, current & 5, block.timestamp, signature) {
            _forbid(!good, "narrowed without a signature of the controller");
            _forbid(market.listing(id).purposes & ~current != 0, "consent was widened");
            _did("narrowBySignature");
        } catch {}
    }

    function _grant(uint256 number, uint256 key, bool good, uint256 b) private {
        IMarketTypes.ListingTerms memory terms = listings[number];
        bytes32 id = market.listingIdOf(terms);
        address grantee = buyers[b % 2];
        bytes32 salt = bytes32(b % 3);
        bytes32 typeHash =
            keccak256("Grant(bytes32 listingId,address grantee,uint32 purpose,bytes32 salt,uint256 deadline)");
        bytes memory signature =
            _sign(key, keccak256(abi.encode(typeHash, id, grantee, uint32(1), salt, block.timestamp)));
        bool approved = market.listing(id).status == IMarketTypes.ListingStatus.APPROVED;
        bool accredited = market.isAccredited(grantee, Roles.BUYER) && _mayChange(terms);
        try market.grantAccessBySignature(terms, grantee, 1, salt, block.timestamp, signature) returns (bytes32 orderId) {
            _forbid(!good, "granted without a signature of the controller");
            _forbid(!approved, "2: a grant on a listing that is not approved");
            _forbid(!accredited, "9: granted without accreditation");
            _open(orderId, number, grantee, keccak256(abi.encode("grant", salt)), 0);
            _did("grantBySignature");
        } catch {}
    }

    function _isOpen(bytes32 id) private view returns (bool) {
        IMarketTypes.ListingStatus status = market.listing(id).status;
        return status == IMarketTypes.ListingStatus.PENDING || status == IMarketTypes.ListingStatus.APPROVED;
    }
}
