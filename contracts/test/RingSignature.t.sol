// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProofVerifier} from "../src/interfaces/IProofVerifier.sol";
import {RingSignature} from "../src/libraries/RingSignature.sol";
import {Checks} from "./support/Checks.sol";
import {RingSigner} from "./support/RingSigner.sol";
import {vm} from "./support/Vm.sol";

contract RingSignatureTest is Checks {
    IProofVerifier private verifier;
    uint256 private immutable chain = block.chainid;

    function setUp() public {
        verifier = IProofVerifier(vm.deployCode("ProofVerifier.sol:ProofVerifier", ""));
    }

    /// The vectors that TypeScript's signer and verifier pass too.
    function test_judgesTheSharedVectorsAsTheySay() public {
        string memory json = vm.readFile("crypto/ring/vectors.json");
        uint256 count = vm.parseJsonUint(json, ".count");
        check(count >= 100, "at least 100 vectors");
        for (uint256 i; i < count; ++i) {
            string memory vector = string.concat(".vectors[", vm.toString(i), "]");
            bool valid = vm.parseJsonBool(json, string.concat(vector, ".valid"));
            check(_verify(json, vector) == valid, string.concat(vector, vm.parseJsonString(json, string.concat(vector, ".name"))));
        }
    }

    function _verify(string memory json, string memory vector) private returns (bool verified) {
        (, address store) = verifier.storeRing(_numbers(vm.parseJsonBytes32Array(json, string.concat(vector, ".ring"))));
        RingSignature.Signature memory signature = RingSignature.Signature({
            imageX: uint256(vm.parseJsonBytes32(json, string.concat(vector, ".imageX"))),
            imageY: uint256(vm.parseJsonBytes32(json, string.concat(vector, ".imageY"))),
            challenge: uint256(vm.parseJsonBytes32(json, string.concat(vector, ".challenge"))),
            responses: _numbers(vm.parseJsonBytes32Array(json, string.concat(vector, ".responses")))
        });
        bytes32 message = vm.parseJsonBytes32(json, string.concat(vector, ".message"));
        bytes32 scope = vm.parseJsonBytes32(json, string.concat(vector, ".scope"));
        address market = vm.parseJsonAddress(json, string.concat(vector, ".market"));
        vm.chainId(vm.parseJsonUint(json, string.concat(vector, ".chainId")));
        vm.prank(market);
        verified = verifier.verifyRing(message, scope, store, signature);
        vm.chainId(chain);
    }

    function testFuzz_everyMemberSigns(uint256 seed, bytes32 message, bytes32 scope) public {
        uint256 members = within(seed, 2, 8);
        (uint256[] memory secrets, uint256[] memory points) = RingSigner.makeRing(members, seed);
        (, address store) = verifier.storeRing(points);
        uint256 signer = (seed >> 8) % members;
        RingSignature.Signature memory signature =
            RingSigner.sign(address(this), message, scope, points, signer, secrets[signer]);
        check(verifier.verifyRing(message, scope, store, signature), "verifies");
        check(!verifier.verifyRing(bytes32(uint256(message) ^ 1), scope, store, signature), "other message");
        check(!verifier.verifyRing(message, bytes32(uint256(scope) ^ 1), store, signature), "other scope");
        vm.prank(address(1));
        check(!verifier.verifyRing(message, scope, store, signature), "other market");
        vm.chainId(5);
        check(!verifier.verifyRing(message, scope, store, signature), "other chain");
        vm.chainId(chain);
        check(!verifier.verifyRing(message, scope, _store(members, uint256(keccak256(abi.encode(seed)))), signature), "other ring");
        signature.challenge += RingSignature.N;
        check(!verifier.verifyRing(message, scope, store, signature), "a challenge that is not reduced");
        signature.challenge -= RingSignature.N;
        uint256 response = signature.responses[0];
        if (response < type(uint256).max - RingSignature.N) {
            signature.responses[0] = response + RingSignature.N;
            check(!verifier.verifyRing(message, scope, store, signature), "a response that is not reduced");
            signature.responses[0] = response;
        }
        RingSignature.Signature memory identity = RingSignature.Signature(0, 0, signature.challenge, signature.responses);
        check(!verifier.verifyRing(message, scope, store, identity), "the identity as key image");
        signature.responses[(seed >> 16) % members] ^= 1;
        check(!verifier.verifyRing(message, scope, store, signature), "other response");
    }

    /// N as a response is 0 written another way: who may write it so has two signatures for one.
    function test_aResponseIsBelowTheOrder() public {
        (uint256[] memory secrets, uint256[] memory points) = RingSigner.makeRing(3, 1);
        (, address store) = verifier.storeRing(points);
        RingSignature.Signature memory signature =
            RingSigner.sign(address(this), "message", "scope", points, 1, secrets[1], 0);
        check(verifier.verifyRing("message", "scope", store, signature), "responses of 0");
        signature.responses[0] = RingSignature.N;
        check(!verifier.verifyRing("message", "scope", store, signature), "a response of N");
    }

    function _store(uint256 members, uint256 seed) private returns (address store) {
        (, uint256[] memory points) = RingSigner.makeRing(members, seed);
        (, store) = verifier.storeRing(points);
    }

    function testFuzz_hashesToTheCurve(bytes32 scope) public view {
        (uint256 x, uint256 y) = RingSignature.hashToCurve(scope);
        check(RingSignature.isPoint(x, y) && y % 2 == 0, "an even point of the curve");
    }

    function test_ringsAreStoredWhole() public {
        for (uint256 members = 2; members <= 32; members += 15) {
            (, uint256[] memory points) = RingSigner.makeRing(members, members);
            (bytes32 ringHash, address store) = verifier.storeRing(points);
            same(ringHash, keccak256(abi.encodePacked(points)), "hash");
            same(keccak256(store.code), keccak256(abi.encodePacked(hex"00", points)), "code");
        }
    }

    function test_refusesMalformedRings() public {
        (, uint256[] memory points) = RingSigner.makeRing(33, 1);
        _refused(points, 66);
        (, points) = RingSigner.makeRing(1, 1);
        _refused(points, 2);
        _refused(new uint256[](0), 0);
        (, points) = RingSigner.makeRing(3, 1);
        uint256[] memory odd = new uint256[](5);
        for (uint256 i; i < 5; ++i) odd[i] = points[i];
        _refused(odd, 5);
        points[3] = RingSignature.P - points[3];
        verifier.storeRing(points); // the negative of a key is a key
        points[2] = points[0];
        points[3] = points[1];
        _refused(points, 1);
        points[3] = RingSignature.P - points[1];
        _refused(points, 1);
        (, points) = RingSigner.makeRing(3, 1);
        points[5] ^= 1;
        _refused(points, 2);
        (, points) = RingSigner.makeRing(3, 1);
        points[4] += RingSignature.P;
        _refused(points, 2);
        (, points) = RingSigner.makeRing(3, 1);
        points[1] += RingSignature.P;
        _refused(points, 0);
        points[0] = 0;
        points[1] = 0;
        _refused(points, 0);
    }

    function _refused(uint256[] memory points, uint256 member) private {
        vm.expectRevert(abi.encodeWithSelector(IProofVerifier.InvalidRing.selector, member));
        verifier.storeRing(points);
    }

    function _numbers(bytes32[] memory words) private pure returns (uint256[] memory numbers) {
        assembly ("memory-safe") {
            numbers := words
        }
    }
}
