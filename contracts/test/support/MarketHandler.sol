// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {IMarketplace} from "../../src/interfaces/IMarketplace.sol";
import {IMarketTypes} from "../../src/interfaces/IMarketTypes.sol";
import {IRegistry} from "../../src/interfaces/IRegistry.sol";
import {ITrade} from "../../src/interfaces/ITrade.sol";
import {RingSignature} from "../../src/libraries/RingSignature.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {IToken} from "./Fixture.sol";
import {RingSigner} from "./RingSigner.sol";
import {vm} from "./Vm.sol";

/// @dev Takes every step of the market with fuzzed arguments, keeps the books a second time, and notes the first thing that
/// must not have happened.
contract MarketHandler {
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

    IMarketplace private immutable market;
    IToken private immutable token;
    address[3] private auditors;
    uint256[3] private auditorKeys;
    address[2] private buyers;
    address private immutable provider;
    address private immutable relayer;
    address private immutable deliverer;
    address private immutable anchorer;
    address private immutable payee;
    address private immutable treasury;
    uint256 private constant PROVIDER_KEY = 0xA11CE;
    uint40 private constant FAR = type(uint40).max;

    uint256 public paidIn;
    uint256 public paidOut;
    uint256 public donated;
    uint64 private accessesTold;
    string public violation;
    uint256 public total;
    mapping(string step => uint256) public successes;

    IMarketTypes.ListingTerms[] private listings;
    /// The votes that count, by listing or by disputed order: counted here a second time.
    mapping(bytes32 subject => Cast[]) private votes;
    Known[] private orders;
    mapping(bytes32 orderId => bool) private seen;
    mapping(bytes32 keyImage => bytes32 listingId) private lastOfImage;
    uint256[] private secrets;
    uint256[] private points;
    bytes32 private ringHash;
    uint256 private nonce;

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

    function prepare() external {
        (secrets, points) = RingSigner.makeRing(2, 7);
        ringHash = market.registerRing(points, type(uint16).max, 1 days);
        _register(buyers[1], Roles.BUYER, 0, FAR);
        for (uint256 i; i < 2; ++i) {
            token.mint(buyers[i], 1e15, keccak256(abi.encode("handler", i)));
            vm.prank(buyers[i]);
            token.approve(address(market), type(uint256).max);
        }
    }

    function steps() public pure returns (string[23] memory) {
        return [
            "warp", "list", "listAnonymously", "vote", "voteBySignatures", "revokeApproval", "purchase", "grant", "deliver", "settle", "refund",
            "dispute", "voteDispute", "lapse", "withdraw", "delist", "reprice", "narrow", "register", "pause", "unpause", "anchor", "tellAccesses"
        ];
    }

    /// @dev What the fuzzer calls: two steps, drawn by the seed so that the frequent ones of a market are frequent.
    function walk(uint256 seed) external {
        step(seed);
        step(uint256(keccak256(abi.encode(seed))));
    }

    function step(uint256 seed) public {
        uint256 a = seed >> 8;
        uint256 b = seed >> 72;
        uint256 kind = seed % 25;
        if (kind == 0) warp(a);
        else if (kind == 1) list(a);
        else if (kind == 2) listAnonymously(a);
        else if (kind < 7) vote(a, b);
        else if (kind == 7) revokeApproval(a, b);
        else if (kind < 10) purchase(a, b);
        else if (kind == 10) grant(a, b);
        else if (kind < 13) deliver(a);
        else if (kind == 13) settle(a, b);
        else if (kind == 14) refund(a);
        else if (kind == 15) dispute(a);
        else if (kind == 16) voteDispute(a, b);
        else if (kind == 17) lapse(a);
        else if (kind == 18) withdraw(a);
        else if (kind == 19) control(a, b);
        else if (kind == 20) register(a, b);
        else if (kind == 21) pause(a);
        else if (kind == 22) anchor(a);
        else if (kind == 23) voteBySignatures(a, b);
        else donate(a);
    }

    function warp(uint256 a) public {
        if (a % 3 == 0 && orders.length > 0) {
            // To the last second of an order's window, or the first after it.
            uint256 deadline = market.order(orders[_recent(a >> 8, orders.length)].orderId).deadline;
            uint40 time = market.marketTime();
            if (deadline > time) return _warpTo(block.timestamp + deadline - time + (a >> 16) % 2);
        }
        // Mostly hours, now and then days: a dispute's window is long.
        _warpTo(block.timestamp + (a >> 8) % (a % 6 == 1 ? 5 days : 12 hours));
    }

    function _warpTo(uint256 time) private {
        vm.warp(time);
        _did("warp");
    }

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

    function vote(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        bytes32 id = market.listingIdOf(listings[_recent(a, listings.length)]);
        address auditor = auditors[b % 3];
        bool approve = b % 5 != 0;
        bool accredited = market.isAccredited(auditor, Roles.AUDITOR);
        vm.prank(auditor);
        try market.vote(id, approve, 0) {
            _forbid(!accredited, "9: voted without accreditation");
            _counted(id, auditor, approve);
            _did("vote");
        } catch {}
    }

    /// @dev All auditors' signatures in one batch: what is decided, or voted before, is passed over.
    function voteBySignatures(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = market.listingIdOf(listings[_recent(a, listings.length)]);
        bool pending = market.listing(ids[0]).status == IMarketTypes.ListingStatus.PENDING;
        bool approve = b % 4 != 0;
        bytes[] memory signatures = new bytes[](2);
        address[2] memory signers;
        for (uint256 i; i < 2; ++i) {
            uint256 number = (b / 4 + i) % 3;
            signers[i] = auditors[number];
            signatures[i] = _sign(auditorKeys[number], _votesHash(ids, approve));
        }
        bool accredited = market.isAccredited(signers[0], Roles.AUDITOR) && market.isAccredited(signers[1], Roles.AUDITOR);
        try market.voteBySignatures(ids, approve, 0, block.timestamp, signatures) {
            _forbid(!accredited, "9: voted without accreditation");
            bool open = pending;
            for (uint256 i; i < 2 && pending; ++i) {
                if (_has(ids[0], signers[i])) continue;
                _cast(ids[0], signers[i], approve);
                pending = _agreeing(ids[0], approve) < market.quorum();
            }
            if (open) _decidedRightly(ids[0], pending, approve);
            _did("voteBySignatures");
        } catch {}
    }

    function revokeApproval(uint256 a, uint256 b) public {
        if (listings.length == 0 || a % 3 != 0) return;
        bytes32 id = market.listingIdOf(listings[_recent(a, listings.length)]);
        address auditor = auditors[b % 3];
        bool accredited = market.isAccredited(auditor, Roles.AUDITOR);
        vm.prank(auditor);
        try market.revokeApproval(id, 0) {
            _forbid(!accredited, "9: revoked without accreditation");
            _forbid(_has(id, auditor), "8: voted twice");
            _cast(id, auditor, false);
            bool decided = market.listing(id).status == IMarketTypes.ListingStatus.REJECTED;
            _forbid(decided != (_agreeing(id, false) >= market.quorum()), "8: decided by another number of votes");
            _did("revokeApproval");
        } catch {}
    }

    /// @dev The market took this vote on a listing that was pending.
    function _counted(bytes32 id, address auditor, bool approve) private {
        _forbid(_has(id, auditor), "8: voted twice");
        _cast(id, auditor, approve);
        _decidedRightly(id, _agreeing(id, approve) < market.quorum(), approve);
    }

    function _decidedRightly(bytes32 id, bool pending, bool approve) private {
        IMarketTypes.ListingStatus status = market.listing(id).status;
        _forbid((status == IMarketTypes.ListingStatus.PENDING) != pending, "8: decided by another number of votes");
        if (pending) {
            (uint8 approvals, uint8 rejections) = market.tally(id);
            _forbid(approvals != _agreeing(id, true) || rejections != _agreeing(id, false), "8: another tally");
        } else {
            _forbid((status == IMarketTypes.ListingStatus.APPROVED) != approve, "8: decided the other way");
            // Votes for the listing say nothing about revoking it later.
            delete votes[id];
        }
    }

    /// @dev A vote drops those that do not count when it is cast: whoever is renewed later may vote again.
    function _cast(bytes32 id, address auditor, bool approve) private {
        Cast[] storage all = votes[id];
        for (uint256 i = all.length; i > 0; --i) {
            if (_isValid(all[i - 1])) continue;
            all[i - 1] = all[all.length - 1];
            all.pop();
        }
        all.push(Cast(auditor, market.participant(auditor).generation, approve));
    }

    function _has(bytes32 id, address auditor) private view returns (bool) {
        uint256 generation = market.participant(auditor).generation;
        for (uint256 i; i < votes[id].length; ++i) {
            if (votes[id][i].auditor == auditor && votes[id][i].generation == generation) return true;
        }
        return false;
    }

    function _agreeing(bytes32 id, bool approve) private view returns (uint256 count) {
        for (uint256 i; i < votes[id].length; ++i) {
            if (votes[id][i].approve == approve && _isValid(votes[id][i])) ++count;
        }
    }

    function _isValid(Cast memory one) private view returns (bool) {
        return market.isAccredited(one.auditor, Roles.AUDITOR) && market.participant(one.auditor).generation == one.generation;
    }

    function purchase(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        uint256 number = _recent(a, listings.length);
        bytes32 id = market.listingIdOf(listings[number]);
        address buyer = buyers[b % 2];
        ITrade.Item[] memory items = new ITrade.Item[](1);
        items[0] = ITrade.Item({listingId: id, maxPrice: type(uint64).max, purpose: 1, salt: bytes32(b % 3)});
        bool approved = market.listing(id).status == IMarketTypes.ListingStatus.APPROVED;
        bool accredited = market.isAccredited(buyer, Roles.BUYER);
        uint64 price = market.listing(id).price;
        try this.pay(buyer, items, b % 5 == 0) returns (bytes32[] memory ids) {
            _forbid(!approved, "2: an order on a listing that is not approved");
            _forbid(!accredited, "9: bought without accreditation");
            paidIn += price;
            _open(ids[0], number, buyer, items[0].salt, price);
            _did("purchase");
        } catch {}
    }

    /// @dev With a permit that somebody else has used, or without.
    function pay(address buyer, ITrade.Item[] memory items, bool permitted) external returns (bytes32[] memory) {
        ITrade.Permit memory used;
        vm.prank(buyer);
        return permitted ? market.purchaseWithPermit(items, used) : market.purchase(items);
    }

    function grant(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        uint256 number = _recent(a, listings.length);
        IMarketTypes.ListingTerms memory terms = listings[number];
        bytes32 id = market.listingIdOf(terms);
        bool approved = market.listing(id).status == IMarketTypes.ListingStatus.APPROVED;
        bool accredited = market.isAccredited(buyers[b % 2], Roles.BUYER) && _mayChange(terms);
        vm.prank(market.controllerOf(terms));
        try market.grantAccess(terms, buyers[b % 2], 1, bytes32(b % 3)) returns (bytes32 orderId) {
            _forbid(!approved, "2: a grant on a listing that is not approved");
            _forbid(!accredited, "9: granted without accreditation");
            _open(orderId, number, buyers[b % 2], keccak256(abi.encode("grant", bytes32(b % 3))), 0);
            _did("grant");
        } catch {}
    }

    function deliver(uint256 a) public {
        if (orders.length == 0) return;
        Known storage known = orders[_recent(a, orders.length)];
        ITrade.Order memory before = market.order(known.orderId);
        uint40 time = market.marketTime();
        bool accredited = market.isAccredited(deliverer, Roles.DELIVERER);
        vm.prank(deliverer);
        try market.deliver(known.orderId, keccak256(abi.encode(a))) {
            _forbid(time > before.deadline, "5: delivered after the deadline");
            _forbid(!accredited, "9: delivered without accreditation");
            known.deliveredAt = time;
            _did("deliver");
        } catch {}
        _track(known);
    }

    function settle(uint256 a, uint256 b) public {
        if (orders.length == 0) return;
        Known storage known = orders[_recent(a, orders.length)];
        ITrade.Order memory before = market.order(known.orderId);
        uint40 time = market.marketTime();
        bool byBuyer = b % 3 == 0;
        bool mustSucceed = before.status == IMarketTypes.OrderStatus.DELIVERED && (byBuyer || time > before.deadline);
        vm.prank(byBuyer ? known.buyer : address(0xEE));
        try market.settle(listings[known.listing], known.buyer, known.salt) {
            _forbid(!mustSucceed, "5: settled too early, or undelivered");
            ++known.payouts;
            _did("settle");
        } catch {
            _forbid(mustSucceed, "9, 10: a due settlement was blocked");
        }
        _track(known);
    }

    function refund(uint256 a) public {
        if (orders.length == 0) return;
        Known storage known = orders[_recent(a, orders.length)];
        ITrade.Order memory before = market.order(known.orderId);
        bool mustSucceed =
            before.status == IMarketTypes.OrderStatus.PAID && market.marketTime() > before.deadline;
        bytes32 id = market.listingIdOf(listings[known.listing]);
        try market.refund(id, known.buyer, known.salt) {
            _forbid(!mustSucceed, "5: refunded too early, or delivered");
            ++known.refunds;
            _did("refund");
        } catch {
            _forbid(mustSucceed, "9, 10: a due refund was blocked");
        }
        _track(known);
    }

    function dispute(uint256 a) public {
        if (orders.length == 0) return;
        Known storage known = orders[_recent(a, orders.length)];
        ITrade.Order memory before = market.order(known.orderId);
        bool mustSucceed =
            before.status == IMarketTypes.OrderStatus.DELIVERED && market.marketTime() <= before.deadline;
        IDisputes.Leaf memory none;
        vm.prank(known.buyer);
        try market.dispute(listings[known.listing], known.salt, IDisputes.Claim.NOTHING_OPENS, none) {
            _forbid(!mustSucceed, "disputed outside its window");
            _did("dispute");
        } catch {
            _forbid(mustSucceed, "9: a due dispute was blocked");
        }
        _track(known);
    }

    function voteDispute(uint256 a, uint256 b) public {
        if (a % 2 != 0) return;
        for (uint256 i; i < orders.length; ++i) {
            Known storage known = orders[(a % orders.length + i) % orders.length];
            if (known.last != IMarketTypes.OrderStatus.DISPUTED) continue;
            address auditor = auditors[b % 3];
            bool accredited = market.isAccredited(auditor, Roles.AUDITOR);
            bool forBuyer = (b >> 8) % 2 == 0;
            vm.prank(auditor);
            try market.voteDispute(known.orderId, forBuyer, 0) {
                _forbid(!accredited, "9: voted without accreditation");
                _forbid(_has(known.orderId, auditor), "8: voted twice");
                _cast(known.orderId, auditor, forBuyer);
                _resolved(known);
                bool resolved = market.order(known.orderId).status != IMarketTypes.OrderStatus.DISPUTED;
                _forbid(resolved != (_agreeing(known.orderId, forBuyer) >= market.quorum()), "8: resolved by another number of votes");
                _did("voteDispute");
            } catch {}
            _track(known);
            return;
        }
    }

    function lapse(uint256 a) public {
        for (uint256 i; i < orders.length; ++i) {
            Known storage known = orders[(a % orders.length + i) % orders.length];
            if (known.last != IMarketTypes.OrderStatus.DISPUTED) continue;
            bool mustSucceed = market.marketTime() > market.order(known.orderId).deadline;
            try market.lapseDispute(known.orderId) {
                _forbid(!mustSucceed, "5: lapsed too early");
                _resolved(known);
                _did("lapse");
            } catch {
                _forbid(mustSucceed, "10: a due end of a dispute was blocked");
            }
            _track(known);
            return;
        }
    }

    function withdraw(uint256 a) public {
        address[4] memory accounts = [payee, treasury, buyers[0], buyers[1]];
        address account = accounts[a % 4];
        uint256 due = market.credit(account);
        vm.prank(account);
        try market.withdraw(account) returns (uint256 amount) {
            _forbid(amount != due || due == 0, "another amount was withdrawn");
            paidOut += amount;
            _did("withdraw");
        } catch {
            _forbid(due != 0, "9, 10: a withdrawal was blocked");
        }
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

    /// @dev Whether the listing's provider, if it has one, is accredited.
    function _mayChange(IMarketTypes.ListingTerms memory terms) private view returns (bool) {
        return terms.provider == address(0) || market.isAccredited(provider, Roles.PROVIDER);
    }

    /// @dev Accreditations end, begin anew and move to others.
    function register(uint256 a, uint256 b) public {
        uint256 who = a % 8;
        uint40 until = (a >> 8) % 4 == 0 ? uint40(block.timestamp + b % 1 days) : FAR;
        if (who < 3) {
            if ((a >> 16) % 3 == 0) {
                address[] memory gone = new address[](1);
                gone[0] = auditors[who];
                if (market.participant(gone[0]).roles != 0) market.revokeParticipants(gone);
                // Somebody else takes the slot.
                auditorKeys[who] = 0xAD000 + ++nonce;
                auditors[who] = vm.addr(auditorKeys[who]);
            }
            _register(auditors[who], Roles.AUDITOR, uint8(who), until);
        } else if (who == 3) {
            _register(buyers[b % 2], Roles.BUYER, 0, until);
        } else if (who == 4) {
            _register(deliverer, Roles.DELIVERER, 0, until);
        } else if (who == 5) {
            _register(provider, Roles.PROVIDER, 0, until);
        } else if (who == 6) {
            _register(anchorer, Roles.ANCHORER, 0, until);
        } else {
            _register(relayer, Roles.RELAYER, 0, until);
        }
        _did("register");
    }

    function pause(uint256 a) public {
        if (a % 2 == 0) {
            try market.pause() {
                _did("pause");
            } catch {}
        } else {
            try market.unpause() {
                _did("unpause");
            } catch {}
        }
    }

    function anchor(uint256 a) public {
        bytes32 root = bytes32(a % 1000 + 1);
        bool known = market.anchorIndexOf(root) != 0;
        bool accredited = market.isAccredited(anchorer, Roles.ANCHORER);
        vm.prank(anchorer);
        try market.anchorAccess(root, 1, uint40(block.timestamp), uint40(block.timestamp)) {
            _forbid(known, "a batch was anchored twice");
            _forbid(!accredited, "9: anchored without accreditation");
            _did("anchor");
        } catch {}
        _tellAccesses(a >> 16);
    }

    /// @dev The next ones, or those told last once more, or ones ahead: only the next are taken.
    function _tellAccesses(uint256 a) private {
        uint64 told = market.accessesTold();
        _forbid(told != accessesTold, "accesses were told by nobody");
        uint64 first = told + uint64(a % 3);
        bytes32[] memory hashes = new bytes32[]((a >> 8) % 4);
        bool accredited = market.isAccredited(anchorer, Roles.ANCHORER);
        vm.prank(anchorer);
        try market.tellAccesses(first, hashes) {
            _forbid(first != told + 1, "accesses were told twice, or with a gap");
            _forbid(!accredited, "9: told accesses without accreditation");
            accessesTold = told + uint64(hashes.length);
            _did("tellAccesses");
        } catch {
            _forbid(accredited && first == told + 1, "the next accesses were refused");
        }
    }

    function donate(uint256 a) public {
        token.mint(address(market), a % 1e6, keccak256(abi.encode("donation", ++nonce)));
        donated += a % 1e6;
    }

    /// @return sum amounts of all orders that are not ended
    function escrowed() external view returns (uint256 sum) {
        for (uint256 i; i < orders.length; ++i) {
            IMarketTypes.OrderStatus status = market.order(orders[i].orderId).status;
            if (status != IMarketTypes.OrderStatus.SETTLED && status != IMarketTypes.OrderStatus.REFUNDED) {
                sum += orders[i].amount;
            }
        }
    }

    function credits() external view returns (uint256) {
        return market.credit(payee) + market.credit(treasury) + market.credit(buyers[0]) + market.credit(buyers[1]);
    }

    function checkOrders() external view {
        for (uint256 i; i < orders.length; ++i) {
            Known storage known = orders[i];
            IMarketTypes.OrderStatus status = market.order(known.orderId).status;
            require(known.payouts + known.refunds <= 1, "4: paid out twice, or refunded too");
            require(known.payouts == 0 || known.deliveredAt != 0, "3: paid before delivery");
            require((status == IMarketTypes.OrderStatus.SETTLED) == (known.payouts == 1), "6: settled state");
            require((status == IMarketTypes.OrderStatus.REFUNDED) == (known.refunds == 1), "6: refunded state");
            require(market.order(known.orderId).amount == known.amount, "the amount changed");
        }
    }

    function _open(bytes32 orderId, uint256 number, address buyer, bytes32 salt, uint64 amount) private {
        _forbid(seen[orderId], "11: an order id was used twice");
        seen[orderId] = true;
        orders.push(Known(orderId, number, buyer, salt, amount, 0, 0, 0, IMarketTypes.OrderStatus.PAID));
    }

    function _resolved(Known storage known) private {
        IMarketTypes.OrderStatus status = market.order(known.orderId).status;
        if (status == IMarketTypes.OrderStatus.SETTLED) ++known.payouts;
        else if (status == IMarketTypes.OrderStatus.REFUNDED) ++known.refunds;
    }

    /// @dev Notes the status, which may only go forward: PAID → DELIVERED → DISPUTED → SETTLED | REFUNDED.
    function _track(Known storage known) private {
        IMarketTypes.OrderStatus status = market.order(known.orderId).status;
        if (status == known.last) return;
        _forbid(
            known.last == IMarketTypes.OrderStatus.SETTLED || known.last == IMarketTypes.OrderStatus.REFUNDED,
            "6: a terminal state was left"
        );
        _forbid(uint8(status) < uint8(known.last), "6: an order went back");
        known.last = status;
    }

    /// @dev One of the last eight, so that steps meet each other.
    function _recent(uint256 a, uint256 length) private pure returns (uint256) {
        uint256 window = length < 8 ? length : 8;
        return length - 1 - a % window;
    }

    function _did(string memory name) private {
        ++successes[name];
        ++total;
    }

    function _forbid(bool happened, string memory what) private {
        if (happened && bytes(violation).length == 0) violation = what;
    }

    function _terms(address by, uint256 a) private returns (IMarketTypes.ListingTerms memory terms) {
        terms.provider = by;
        terms.payee = payee;
        terms.contentHash = keccak256(abi.encode(++nonce));
        terms.plaintextRoot = terms.ciphertextRoot = terms.keyCommitment = terms.metadataHash = terms.legalEvidenceHash =
            keccak256(abi.encode(a, nonce));
        terms.dataKind = 1;
    }

    function _offer(uint256 a) private pure returns (IMarketTypes.Offer memory offer) {
        offer.price = uint64(a % 1e9 + 1);
        offer.purposes = 7;
    }

    function _consent(IMarketTypes.ListingTerms memory terms, IMarketTypes.Offer memory offer)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                keccak256("ListingConsent(bytes32 listingId,uint64 price,uint32 purposes,uint256 deadline)"),
                keccak256(abi.encode(terms)),
                offer.price,
                offer.purposes,
                block.timestamp
            )
        );
    }

    function _votesHash(bytes32[] memory ids, bool approve) private view returns (bytes32) {
        bytes32 typeHash = keccak256("AuditVotes(bytes32[] listingIds,bool approve,uint16 reason,uint256 deadline)");
        return keccak256(abi.encode(typeHash, keccak256(abi.encodePacked(ids)), approve, uint16(0), block.timestamp));
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
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

    function _register(address account, uint16 roles, uint8 slot, uint40 until) private {
        IRegistry.Registration[] memory batch = new IRegistry.Registration[](1);
        batch[0] = IRegistry.Registration({
            account: account,
            institution: "institution",
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
