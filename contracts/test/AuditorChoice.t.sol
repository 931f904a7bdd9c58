// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuditDraw} from "../src/interfaces/IAuditDraw.sol";
import {IMarketTypes} from "../src/interfaces/IMarketTypes.sol";
import {IRegistry} from "../src/interfaces/IRegistry.sol";
import {Roles} from "../src/libraries/Roles.sol";
import {RingSignature} from "../src/libraries/RingSignature.sol";
import {DrawFixture} from "./support/DrawFixture.sol";
import {RingSigner} from "./support/RingSigner.sol";
import {vm} from "./support/Vm.sol";

/// @dev Whom a draw chooses: reckoned here a second time, as docs/market.md says it.
contract AuditorChoiceTest is DrawFixture {
    event AuditorsDrawn(
        bytes32 indexed listingId, uint40 indexed round, bytes32 seed, address[] auditors, uint40 exclusiveUntil
    );

    bytes32 private constant NOBODYS = keccak256("nobody's institution");

    /// Any secrets, revealed or withheld, any of the panel gone or conflicted.
    function testFuzz_theDrawIsThatOfTheSpecification(uint256 seed, uint8 gone, uint8 conflicted, uint8 withheld) public {
        bytes32 institution = market.participant(provider).institution;
        for (uint8 i; i < 6; ++i) {
            if (gone >> i & 1 != 0) _revoke(panel[i]);
            else if (conflicted >> i & 1 != 0) _seat(panel[i], PANEL_SLOT + i, institution, FAR);
        }
        bytes32 id = _list(seed);
        _request(id);
        uint40 round = FIRST + 1;
        vm.warp(START + 600);
        bytes32 mix;
        uint256 reveals;
        // Two whose secrets do no harm: of the provider's institution, so never drawn.
        for (uint256 i; i < 2; ++i) _commit(round, auditors[i]);
        for (uint8 i; i < 6; ++i) if (gone >> i & 1 == 0) _commit(round, panel[i]);
        vm.warp(START + 900);
        for (uint256 i; i < 2; ++i) {
            _reveal(round, auditors[i]);
            mix ^= keccak256(abi.encode(auditors[i], _secret(round, auditors[i])));
        }
        for (uint8 i; i < 6; ++i) {
            if ((gone | withheld) >> i & 1 != 0) continue;
            _reveal(round, panel[i]);
            mix ^= keccak256(abi.encode(panel[i], _secret(round, panel[i])));
            ++reveals;
        }
        vm.warp(START + 1200);
        bytes32 roundSeed = keccak256(abi.encode(block.chainid, address(draw), round, mix));
        uint256 barred = gone | conflicted | withheld;
        address[] memory expected = _expected(id, roundSeed, barred);
        if (expected.length >= 2) {
            vm.expectEmit(true, true, true, true, address(draw));
            emit AuditorsDrawn(id, round, roundSeed, expected, uint40(START) + 1200 + EXCLUSIVE);
        }
        _draw(seed);
        _isDrawn(id, expected);
        for (uint256 i; i < 3; ++i) check(!_drawn(id, auditors[i]), "of the provider's institution");
    }

    /// The auditors of the panel that are not barred, by their lots; the first three.
    function _expected(bytes32 id, bytes32 roundSeed, uint256 barred) private view returns (address[] memory list) {
        address[] memory sorted = new address[](6);
        uint256 count;
        for (uint256 last; count < SEATS;) {
            uint256 least = type(uint256).max;
            for (uint8 i; i < 6; ++i) {
                if (barred >> i & 1 != 0) continue;
                IRegistry.Participant memory one = market.participant(panel[i]);
                uint256 lot = uint256(
                    keccak256(abi.encode(roundSeed, id, uint256(one.auditorSlot), uint256(one.generation)))
                );
                if (lot <= last || lot >= least) continue;
                least = lot;
                sorted[count] = panel[i];
            }
            if (least == type(uint256).max) break;
            last = least;
            ++count;
        }
        list = new address[](count);
        for (uint256 i; i < count; ++i) list[i] = sorted[i];
    }

    function _isDrawn(bytes32 id, address[] memory expected) private view {
        IAuditDraw.Assignment memory assignment = draw.assignmentOf(id);
        bool enough = expected.length >= 2;
        same(uint256(assignment.status), enough ? 2 : 1, "status");
        same(assignment.seats.length, enough ? expected.length : 0, "seats");
        same(assignment.exclusiveUntil, enough ? START + 1200 + EXCLUSIVE : 0, "exclusiveUntil");
        uint256 electorate;
        for (uint256 i; i < assignment.seats.length; ++i) {
            IRegistry.Participant memory one = market.participant(expected[i]);
            same(assignment.seats[i].slot, one.auditorSlot, "slot");
            same(assignment.seats[i].generation, one.generation, "generation");
            electorate = electorate << 19 | uint256(one.generation) << 5 | one.auditorSlot;
        }
        same(draw.electorate(id, market.marketTime()), enough ? electorate : 1, "electorate");
    }

    /// 480 draws of three from six: each auditor, each pair, and each place in the order as often as chance would have it. Five
    /// standard deviations, and the same draws each time: no draw of luck.
    function test_everyoneIsDrawnAsOften() public {
        uint256[6] memory drawn;
        uint256[6] memory first;
        uint256[36] memory pairs;
        for (uint256 batch; batch < 12; ++batch) {
            bytes32[] memory ids = new bytes32[](40);
            IMarketTypes.ListingTerms[] memory terms = new IMarketTypes.ListingTerms[](40);
            for (uint256 i; i < 40; ++i) {
                ids[i] = _list(40 * batch + i);
                terms[i] = _terms(40 * batch + i);
            }
            draw.request(ids);
            _play(uint40(block.timestamp) / ROUND + 1, 3, 3);
            draw.draw(terms);
            for (uint256 i; i < 40; ++i) {
                IAuditDraw.Seat[] memory seats = draw.assignmentOf(ids[i]).seats;
                same(seats.length, SEATS, "seats");
                ++first[seats[0].slot - PANEL_SLOT];
                for (uint256 j; j < SEATS; ++j) {
                    ++drawn[seats[j].slot - PANEL_SLOT];
                    for (uint256 k; k < SEATS; ++k) {
                        if (j != k) ++pairs[uint256(seats[j].slot - PANEL_SLOT) * 6 + seats[k].slot - PANEL_SLOT];
                    }
                }
            }
        }
        for (uint256 i; i < 6; ++i) {
            check(drawn[i] >= 240 - 55 && drawn[i] <= 240 + 55, "drawn with probability 1/2: 480/4 = 10.95^2");
            check(first[i] >= 80 - 41 && first[i] <= 80 + 41, "first with probability 1/6: 480*5/36 = 8.16^2");
            for (uint256 j; j < 6; ++j) {
                if (i == j) same(pairs[7 * i], 0, "nobody is drawn twice");
                else check(pairs[6 * i + j] >= 96 - 44 && pairs[6 * i + j] <= 96 + 44, "with another: 480*4/25 = 8.76^2");
            }
        }
    }

    function test_theWithheldAreNotDrawn() public {
        for (uint256 salt; salt < 8; ++salt) {
            bytes32 id = _list(salt);
            _request(id);
            uint40 round = uint40(block.timestamp) / ROUND + 1;
            _play(round, 5, 2);
            _draw(salt);
            for (uint256 i = 2; i < 5; ++i) check(!_drawn(id, panel[i]), "withheld");
            // Who never committed can be drawn: there are three that can, for three seats.
            check(_drawn(id, panel[0]) && _drawn(id, panel[1]) && _drawn(id, panel[5]), "the others");
        }
    }

    function test_aSecretOfAnotherRoundIsNothingToThisOne() public {
        _commit(FIRST, panel[5]);
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 2, 2);
        vm.warp(START + 1200);
        _commit(FIRST + 2, panel[4]);
        for (uint256 i = 2; i < 4; ++i) _revoke(panel[i]);
        _revoke(panel[0]);
        _draw(1);
        check(_drawn(id, panel[1]) && _drawn(id, panel[4]) && _drawn(id, panel[5]), "all that are left");
    }

    /// The payee's institution has an interest like the provider's; so has a payee who is an auditor.
    function test_thePayeesInstitutionIsConflictedToo() public {
        _seat(panel[0], PANEL_SLOT, NOBODYS, FAR);
        _seat(panel[1], PANEL_SLOT + 1, NOBODYS, FAR);
        for (uint256 salt; salt < 8; ++salt) {
            IMarketTypes.ListingTerms memory terms = _terms(salt);
            terms.payee = panel[0];
            bytes32 id = _list(terms, _offer());
            _request(id);
            _play(uint40(block.timestamp) / ROUND + 1, 2, 2);
            _draw(terms);
            check(!_drawn(id, panel[0]), "the payee");
            check(!_drawn(id, panel[1]), "a colleague of the payee");
            uint256 others;
            for (uint256 i = 2; i < 6; ++i) if (_drawn(id, panel[i])) ++others;
            same(others, SEATS, "seats of others");
            same(draw.assignmentOf(id).seats.length, SEATS, "seats");
        }
    }

    /// An anonymous listing tells of no institution: everybody is drawn from, the fixture's three as well.
    function test_anAnonymousListingIsDrawnFromAll() public {
        (uint256[] memory secrets, uint256[] memory points) = RingSigner.makeRing(2, 1);
        bytes32 ringHash = market.registerRing(points, 100, 1 days);
        uint256 drawn;
        for (uint256 salt; salt < 8; ++salt) {
            IMarketTypes.ListingTerms memory terms = _terms(salt);
            terms.provider = address(0);
            bytes32 scope = keccak256(abi.encode(address(market), terms.contentHash));
            bytes32 message = _consentHash(terms, _offer(), block.timestamp);
            RingSignature.Signature memory signature =
                RingSigner.sign(address(market), message, scope, points, 0, secrets[0]);
            vm.prank(relayer);
            bytes32 id = market.listAnonymously(terms, _offer(), block.timestamp, ringHash, signature);
            _request(id);
            _play(uint40(block.timestamp) / ROUND + 1, 2, 2);
            _draw(terms);
            for (uint256 i; i < 3; ++i) if (_drawn(id, auditors[i])) ++drawn;
        }
        check(drawn > 0, "one of the provider's institution");
    }

    /// Slot 0, slot 31, eight seats, and a generation of some size.
    function test_drawsEightOfTheFirstAndTheLastSlot() public {
        (market, draw) = _createWithDraw(_config(address(token)), ROUND, 8, EXCLUSIVE);
        _administer(market);
        _register(market, provider, Roles.PROVIDER, 0, FAR);
        _register(market, relayer, Roles.RELAYER, 0, FAR);
        for (uint256 i; i < 5; ++i) {
            _seat(panel[0], 31);
            _revoke(panel[0]);
        }
        for (uint8 i; i < 7; ++i) _seat(address(uint160(0x9000 + i)), i);
        _seat(panel[0], 31);
        _seat(panel[1], 30, NOBODYS, uint40(START + 1199));
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 2, 2);
        _draw(1);
        IAuditDraw.Seat[] memory seats = draw.assignmentOf(id).seats;
        same(seats.length, 8, "all whose accreditation runs");
        uint256 slots;
        for (uint256 i; i < 8; ++i) {
            slots |= 1 << seats[i].slot;
            same(seats[i].generation, seats[i].slot == 31 ? 6 : 1, "generation");
        }
        same(slots, 0x8000007f, "slots");
    }

    function test_anAccreditationIsGoodUntilItsLastSecond() public {
        for (uint8 i = 2; i < 6; ++i) _revoke(panel[i]);
        _seat(panel[1], PANEL_SLOT + 1, NOBODYS, uint40(START + 1200));
        bytes32 id = _list(1);
        _request(id);
        _play(FIRST + 1, 2, 2);
        _draw(1);
        check(_drawn(id, panel[1]), "drawn in the last second");
    }
}
