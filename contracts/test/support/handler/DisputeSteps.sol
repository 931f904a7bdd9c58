// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDisputes} from "../../../src/interfaces/IDisputes.sol";
import {IMarketTypes} from "../../../src/interfaces/IMarketTypes.sol";
import {ITrade} from "../../../src/interfaces/ITrade.sol";
import {Roles} from "../../../src/libraries/Roles.sol";
import {vm} from "../Vm.sol";
import {AuditSteps} from "./AuditSteps.sol";
import {TradeSteps} from "./TradeSteps.sol";

/// @dev Disputes: opened, decided, or lapsed.
abstract contract DisputeSteps is AuditSteps, TradeSteps {
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
}
