// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketTypes} from "../../../src/interfaces/IMarketTypes.sol";
import {Roles} from "../../../src/libraries/Roles.sol";
import {vm} from "../Vm.sol";
import {HandlerState} from "./HandlerState.sol";

/// @dev Auditors vote: the votes that count are counted here too.
abstract contract AuditSteps is HandlerState {
    function vote(uint256 a, uint256 b) public {
        if (listings.length == 0) return;
        bytes32 id = market.listingIdOf(listings[_recent(a, listings.length)]);
        address auditor = auditors[b % 3];
        bool approve = b % 5 != 0;
        bool accredited = market.isAccredited(auditor, Roles.AUDITOR);
        bool admitted = _mayVote(id, auditor);
        vm.prank(auditor);
        try market.vote(id, approve, 0) {
            _forbid(!accredited, "9: voted without accreditation");
            _forbid(!admitted, "13: voted without having been drawn");
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
                if (_has(ids[0], signers[i]) || !_mayVote(ids[0], signers[i])) continue;
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
    function _counted(bytes32 id, address auditor, bool approve) internal {
        _forbid(_has(id, auditor), "8: voted twice");
        _cast(id, auditor, approve);
        _decidedRightly(id, _agreeing(id, approve) < market.quorum(), approve);
    }

    function _decidedRightly(bytes32 id, bool pending, bool approve) internal {
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
    function _cast(bytes32 id, address auditor, bool approve) internal {
        Cast[] storage all = votes[id];
        for (uint256 i = all.length; i > 0; --i) {
            if (_isValid(all[i - 1])) continue;
            all[i - 1] = all[all.length - 1];
            all.pop();
        }
        all.push(Cast(auditor, market.participant(auditor).generation, approve));
    }

    function _has(bytes32 id, address auditor) internal view returns (bool) {
        uint256 generation = market.participant(auditor).generation;
        for (uint256 i; i < votes[id].length; ++i) {
            if (votes[id][i].auditor == auditor && votes[id][i].generation == generation) return true;
        }
        return false;
    }

    function _agreeing(bytes32 id, bool approve) internal view returns (uint256 count) {
        for (uint256 i; i < votes[id].length; ++i) {
            if (votes[id][i].approve == approve && _isValid(votes[id][i])) ++count;
        }
    }

    function _isValid(Cast memory one) internal view returns (bool) {
        return market.isAccredited(one.auditor, Roles.AUDITOR) && market.participant(one.auditor).generation == one.generation;
    }

    function _votesHash(bytes32[] memory ids, bool approve) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("AuditVotes(bytes32[] listingIds,bool approve,uint16 reason,uint256 deadline)");
        return keccak256(abi.encode(typeHash, keccak256(abi.encodePacked(ids)), approve, uint16(0), block.timestamp));
    }
}
