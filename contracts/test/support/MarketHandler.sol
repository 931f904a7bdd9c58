// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMarketplace} from "../../src/interfaces/IMarketplace.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {IToken} from "./Fixture.sol";
import {DisputeSteps} from "./handler/DisputeSteps.sol";
import {DrawSteps} from "./handler/DrawSteps.sol";
import {HandlerState} from "./handler/HandlerState.sol";
import {ListingSteps} from "./handler/ListingSteps.sol";
import {SignedSteps} from "./handler/SignedSteps.sol";
import {WorldSteps} from "./handler/WorldSteps.sol";
import {RingSigner} from "./RingSigner.sol";
import {vm} from "./Vm.sol";

/// @dev Takes every step of the market with fuzzed arguments, keeps the books a second time, and notes the first thing that
/// must not have happened.
contract MarketHandler is ListingSteps, DisputeSteps, SignedSteps, DrawSteps, WorldSteps {
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
    )
        HandlerState(
            market_,
            token_,
            auditors_,
            auditorKeys_,
            provider_,
            buyer_,
            relayer_,
            deliverer_,
            anchorer_,
            payee_,
            treasury_
        )
    {}

    function prepare() external {
        (secrets, points) = RingSigner.makeRing(2, 7);
        ringHash = market.registerRing(points, type(uint16).max, 1 days);
        _register(buyers[1], Roles.BUYER, 0, FAR);
        for (uint8 i; i < 3; ++i) {
            _register(auditors[i], Roles.AUDITOR, i, FAR, keccak256(abi.encode("institution of", auditors[i])));
        }
        for (uint256 i; i < 2; ++i) {
            token.mint(buyers[i], 1e15, keccak256(abi.encode("handler", i)));
            vm.prank(buyers[i]);
            token.approve(address(market), type(uint256).max);
        }
    }

    /// @return what must succeed in a long run
    function steps() external pure returns (string[29] memory) {
        return [
            "warp", "list", "listBatch", "listAnonymously", "vote", "voteBySignatures", "revokeApproval", "purchase", "grant", "deliver",
            "settle", "refund", "dispute", "voteDispute", "lapse", "withdraw", "delist", "reprice", "narrow", "delistBySignature",
            "repriceBySignature", "narrowBySignature", "grantBySignature", "withdrawBySignature", "register", "pause", "unpause", "anchor",
            "tellAccesses"
        ];
    }

    /// @return what must succeed too where auditors are drawn
    function drawSteps() external pure returns (string[6] memory) {
        return ["commit", "reveal", "request", "draw", "postpone", "open"];
    }

    /// @dev What the fuzzer calls: two steps, drawn by the seed so that the frequent ones of a market are frequent.
    function walk(uint256 seed) external {
        step(seed);
        step(uint256(keccak256(abi.encode(seed))));
    }

    function step(uint256 seed) public {
        uint256 a = seed >> 8;
        uint256 b = seed >> 72;
        uint256 kind = seed % 32;
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
        else if (kind == 24) donate(a);
        else if (kind == 25) listBatch(a);
        else if (kind == 26) controlBySignature(a, b);
        else if (kind == 27) withdrawBySignature(a);
        else if (kind < 30) playRound(a);
        else if (kind == 30) a % 2 == 0 ? commit(a >> 1) : reveal(a >> 1);
        else a % 2 == 0 ? requestDraw(a >> 1) : drawAuditors(a >> 1);
    }
}
