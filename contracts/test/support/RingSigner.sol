// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RingSignature} from "../../src/libraries/RingSignature.sol";

/// @dev Signs as crypto/ring does, for tests: the secrets are small and the randomness is a hash.
library RingSigner {
    uint256 private constant N = RingSignature.N;

    function multiply(uint256[2] memory point, uint256 scalar) internal view returns (uint256[2] memory product) {
        uint256[3] memory input = [point[0], point[1], scalar];
        assembly ("memory-safe") {
            if iszero(staticcall(gas(), 7, input, 0x60, product, 0x40)) { revert(0, 0) }
        }
    }

    function add(uint256[2] memory a, uint256[2] memory b) internal view returns (uint256[2] memory sum) {
        uint256[4] memory input = [a[0], a[1], b[0], b[1]];
        assembly ("memory-safe") {
            if iszero(staticcall(gas(), 6, input, 0x80, sum, 0x40)) { revert(0, 0) }
        }
    }

    /// @return secrets in the order of the ring
    /// @return points the ring, by rising x
    function makeRing(uint256 members, uint256 seed)
        internal
        view
        returns (uint256[] memory secrets, uint256[] memory points)
    {
        secrets = new uint256[](members);
        points = new uint256[](2 * members);
        uint256[2] memory generator = [uint256(1), 2];
        for (uint256 i; i < members; ++i) {
            uint256 secret = uint256(keccak256(abi.encode(seed, i))) % (N - 1) + 1;
            uint256[2] memory point = multiply(generator, secret);
            uint256 j = i;
            for (; j > 0 && points[2 * j - 2] > point[0]; --j) {
                secrets[j] = secrets[j - 1];
                points[2 * j] = points[2 * j - 2];
                points[2 * j + 1] = points[2 * j - 1];
            }
            secrets[j] = secret;
            points[2 * j] = point[0];
            points[2 * j + 1] = point[1];
        }
    }

    /// @dev What the steps along the ring share.
    struct Walk {
        bytes32 prefix;
        uint256[2] base;
        uint256[2] image;
        uint256 alpha;
        uint256 challenge;
    }

    function sign(
        address market,
        bytes32 message,
        bytes32 scope,
        uint256[] memory points,
        uint256 signer,
        uint256 secret
    ) internal view returns (RingSignature.Signature memory signature) {
        return sign(market, message, scope, points, signer, secret, N);
    }

    /// @param filler the response of all members but the signer; N or more for hashes
    function sign(
        address market,
        bytes32 message,
        bytes32 scope,
        uint256[] memory points,
        uint256 signer,
        uint256 secret,
        uint256 filler
    ) internal view returns (RingSignature.Signature memory signature) {
        uint256 members = points.length / 2;
        signature.responses = new uint256[](members);
        Walk memory walk;
        (walk.base[0], walk.base[1]) = RingSignature.hashToCurve(scope);
        walk.image = multiply(walk.base, secret);
        (signature.imageX, signature.imageY) = (walk.image[0], walk.image[1]);
        walk.prefix = _prefix(market, message, scope, points, walk.image);
        walk.alpha = uint256(keccak256(abi.encode(secret, message, scope))) % N;
        walk.challenge = _challenge(walk.prefix, multiply(_generator(), walk.alpha), multiply(walk.base, walk.alpha));
        for (uint256 step = 1; step <= members; ++step) {
            uint256 i = (signer + step) % members;
            if (i == 0) signature.challenge = walk.challenge;
            if (step == members) {
                signature.responses[i] = addmod(walk.alpha, N - mulmod(walk.challenge, secret, N), N);
            } else {
                signature.responses[i] = filler < N ? filler : uint256(keccak256(abi.encode(walk.alpha, i))) % N;
                _step(walk, [points[2 * i], points[2 * i + 1]], signature.responses[i]);
            }
        }
    }

    function _step(Walk memory walk, uint256[2] memory member, uint256 response) private view {
        uint256[2] memory left = add(multiply(_generator(), response), multiply(member, walk.challenge));
        uint256[2] memory right = add(multiply(walk.base, response), multiply(walk.image, walk.challenge));
        walk.challenge = _challenge(walk.prefix, left, right);
    }

    function _prefix(
        address market,
        bytes32 message,
        bytes32 scope,
        uint256[] memory points,
        uint256[2] memory image
    ) private view returns (bytes32) {
        bytes32 domain = keccak256("galen/lsag-bn254/challenge/v1");
        bytes32 ringHash = keccak256(abi.encodePacked(points));
        return keccak256(abi.encode(domain, block.chainid, market, message, scope, ringHash, image[0], image[1]));
    }

    function _generator() private pure returns (uint256[2] memory) {
        return [uint256(1), 2];
    }

    function _challenge(bytes32 prefix, uint256[2] memory left, uint256[2] memory right) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(prefix, left[0], left[1], right[0], right[1]))) % N;
    }
}
