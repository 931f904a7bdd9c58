// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAuditDraw} from "../../src/interfaces/IAuditDraw.sol";
import {IMarketplace} from "../../src/interfaces/IMarketplace.sol";
import {IMarketTypes} from "../../src/interfaces/IMarketTypes.sol";
import {IRegistry} from "../../src/interfaces/IRegistry.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";

/// @dev The market of the fixture, with auditors by lot. Its three auditors are of the provider's institution, so never drawn; six
/// others, in slots 10 to 15, are each of their own. Time starts with a round.
abstract contract DrawFixture is Fixture {
    uint40 internal constant ROUND = 600;
    uint40 internal constant EXCLUSIVE = 6 hours;
    uint8 internal constant SEATS = 3;
    uint40 internal constant FIRST = uint40(START) / ROUND;
    uint256 internal constant PANEL_KEY = 0xD0A1;
    uint8 internal constant PANEL_SLOT = 10;
    address[6] internal panel;
    IAuditDraw internal draw;

    function setUp() public virtual override {
        super.setUp();
        (market, draw) = _createWithDraw(_config(address(token)), ROUND, SEATS, EXCLUSIVE);
        _administer(market);
        _populate(market);
        vm.prank(buyer);
        token.approve(address(market), type(uint256).max);
        for (uint8 i; i < 6; ++i) {
            panel[i] = vm.addr(PANEL_KEY + i);
            _seat(panel[i], PANEL_SLOT + i);
        }
    }

    /// @dev A market and its draw, each of which knows the other.
    function _createWithDraw(IMarketplace.MarketConfig memory config, uint40 round, uint8 seats, uint40 exclusive)
        internal
        returns (IMarketplace created, IAuditDraw drawer)
    {
        config.auditorDraw = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        created = _create(config);
        bytes memory args = abi.encode(created, round, seats, exclusive);
        drawer = IAuditDraw(vm.deployCode("AuditDraw.sol:AuditDraw", args));
    }

    /// @dev Registers an auditor of an institution of its own.
    function _seat(address account, uint8 slot) internal {
        _seat(account, slot, keccak256(abi.encode("institution of", account)), FAR);
    }

    function _seat(address account, uint8 slot, bytes32 institution, uint40 validUntil) internal {
        IRegistry.Registration memory registration = _registration(account, Roles.AUDITOR, slot, validUntil);
        registration.institution = institution;
        _register(market, registration);
    }

    function _request(bytes32 id) internal {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = id;
        draw.request(ids);
    }

    function _draw(uint256 salt) internal {
        _draw(_terms(salt));
    }

    function _draw(IMarketTypes.ListingTerms memory terms) internal {
        IMarketTypes.ListingTerms[] memory list = new IMarketTypes.ListingTerms[](1);
        list[0] = terms;
        draw.draw(list);
    }

    function _secret(uint40 round, address auditor) internal pure returns (bytes32) {
        return keccak256(abi.encode("secret", round, auditor));
    }

    function _commit(uint40 round, address auditor) internal {
        bytes32 commitment =
            keccak256(abi.encode(block.chainid, address(draw), round, auditor, _secret(round, auditor)));
        vm.prank(auditor);
        draw.commit(round, commitment);
    }

    function _reveal(uint40 round, address auditor) internal {
        vm.prank(auditor);
        draw.reveal(round, _secret(round, auditor));
    }

    /// @dev A round in which the first auditors of the panel commit, and the first of these reveal; ends at its end.
    function _play(uint40 round, uint256 commits, uint256 reveals) internal {
        vm.warp(uint256(round) * ROUND);
        for (uint256 i; i < commits; ++i) _commit(round, panel[i]);
        vm.warp(uint256(round) * ROUND + ROUND / 2);
        for (uint256 i; i < reveals; ++i) _reveal(round, panel[i]);
        vm.warp(uint256(round + 1) * ROUND);
    }

    /// @dev Lists and draws, in the next round.
    function _listDrawn(uint256 salt) internal returns (bytes32 id) {
        id = _list(salt);
        _request(id);
        _play(uint40(block.timestamp) / ROUND + 1, 2, 2);
        _draw(salt);
    }

    function _drawn(bytes32 id, address auditor) internal view returns (bool) {
        return _drawn(draw.assignmentOf(id), market.participant(auditor));
    }

    function _drawn(IAuditDraw.Assignment memory assignment, IRegistry.Participant memory auditor)
        internal
        pure
        returns (bool)
    {
        for (uint256 i; i < assignment.seats.length; ++i) {
            IAuditDraw.Seat memory seat = assignment.seats[i];
            if (seat.slot == auditor.auditorSlot && seat.generation == auditor.generation) return true;
        }
        return false;
    }

    /// @dev The auditors of the panel who were drawn first, and one who was not.
    function _split(bytes32 id) internal view returns (address[SEATS] memory inside, address outside) {
        uint256 count;
        for (uint256 i; i < 6; ++i) {
            if (_drawn(id, panel[i])) inside[count++] = panel[i];
            else outside = panel[i];
        }
        same(count, SEATS, "drawn");
    }
}
