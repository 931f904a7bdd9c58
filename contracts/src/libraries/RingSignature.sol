// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Linkable ring signature (LSAG, Liu-Wei-Wong 2004, with one base point for the whole ring as in Tsang-Wei's
/// event-oriented linkability) over alt_bn128 G1. The specification is docs/ring-signature.md.
/// The key image I = x·H(scope) is the same for one signer in one scope, and unlinkable across scopes.
library RingSignature {
    /// @param imageX key image, affine; a point of the curve that is not the identity
    /// @param challenge c₀, below the group order
    /// @param responses one a member, each below the group order
    struct Signature {
        uint256 imageX;
        uint256 imageY;
        uint256 challenge;
        uint256[] responses;
    }

    /// @dev Field and group order of alt_bn128 (EIP-196).
    uint256 internal constant P = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 internal constant N = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant SQUARE_ROOT_EXPONENT = (P + 1) / 4;
    /// @dev 2^256 mod P
    uint256 private constant TWO_256 = 6350874878119819312338956282401532409788428879151445726012394534686998597021;
    bytes32 private constant DOMAIN_H2C = keccak256("galen/lsag-bn254/h2c/v1");
    bytes32 private constant DOMAIN_CHALLENGE = keccak256("galen/lsag-bn254/challenge/v1");

    /// @return whether (x, y) is canonical and on the curve; the identity is not
    function isPoint(uint256 x, uint256 y) internal pure returns (bool) {
        return x < P && y < P && mulmod(y, y, P) == _rightSide(x);
    }

    /// @dev Try-and-increment: the smallest counter that gives a point, and its even y. The prover chooses nothing.
    function hashToCurve(bytes32 scope) internal view returns (uint256 x, uint256 y) {
        for (uint256 counter; ; ++counter) {
            // 512 bits are reduced, so that x is uniform but for 2^-250.
            uint256 high = uint256(keccak256(abi.encode(DOMAIN_H2C, scope, counter, uint256(0))));
            uint256 low = uint256(keccak256(abi.encode(DOMAIN_H2C, scope, counter, uint256(1))));
            x = addmod(mulmod(high, TWO_256, P), low, P);
            uint256 square = _rightSide(x);
            y = _power(square, SQUARE_ROOT_EXPONENT);
            if (mulmod(y, y, P) == square) {
                if (y & 1 == 1) y = P - y;
                return (x, y);
            }
        }
    }

    /// @param market the contract that the signature is made for
    /// @param ring the members' public keys, x then y, 64 bytes each, known to be points of the curve
    function verify(
        address market,
        bytes32 message,
        bytes32 scope,
        bytes memory ring,
        Signature calldata signature
    ) internal view returns (bool) {
        uint256 members = ring.length / 64;
        uint256[] calldata responses = signature.responses;
        if (responses.length != members || signature.challenge >= N) return false;
        if (!isPoint(signature.imageX, signature.imageY)) return false;
        (uint256 baseX, uint256 baseY) = hashToCurve(scope);
        bytes32 prefix = keccak256(
            abi.encode(
                DOMAIN_CHALLENGE,
                block.chainid,
                market,
                message,
                scope,
                keccak256(ring),
                signature.imageX,
                signature.imageY
            )
        );
        uint256 challenge = signature.challenge;
        for (uint256 i; i < members; ++i) {
            uint256 response = responses[i];
            if (response >= N) return false;
            uint256 x;
            uint256 y;
            assembly ("memory-safe") {
                let member := add(add(ring, 0x20), shl(6, i))
                x := mload(member)
                y := mload(add(member, 0x20))
            }
            (uint256 leftX, uint256 leftY) = _combine(1, 2, response, x, y, challenge);
            (uint256 rightX, uint256 rightY) =
                _combine(baseX, baseY, response, signature.imageX, signature.imageY, challenge);
            challenge = _challenge(prefix, leftX, leftY, rightX, rightY);
        }
        return challenge == signature.challenge;
    }

    function _challenge(bytes32 prefix, uint256 leftX, uint256 leftY, uint256 rightX, uint256 rightY)
        private
        pure
        returns (uint256 challenge)
    {
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, prefix)
            mstore(add(memory_, 0x20), leftX)
            mstore(add(memory_, 0x40), leftY)
            mstore(add(memory_, 0x60), rightX)
            mstore(add(memory_, 0x80), rightY)
            challenge := mod(keccak256(memory_, 0xa0), N)
        }
    }

    /// @dev a·(x1, y1) + b·(x2, y2). The points are on the curve, so the precompiles cannot fail but for want of gas.
    function _combine(uint256 x1, uint256 y1, uint256 a, uint256 x2, uint256 y2, uint256 b)
        private
        view
        returns (uint256 x, uint256 y)
    {
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, x1)
            mstore(add(memory_, 0x20), y1)
            mstore(add(memory_, 0x40), a)
            let good := staticcall(gas(), 7, memory_, 0x60, memory_, 0x40)
            mstore(add(memory_, 0x40), x2)
            mstore(add(memory_, 0x60), y2)
            mstore(add(memory_, 0x80), b)
            good := and(good, staticcall(gas(), 7, add(memory_, 0x40), 0x60, add(memory_, 0x40), 0x40))
            good := and(good, staticcall(gas(), 6, memory_, 0x80, memory_, 0x40))
            if iszero(good) { revert(0, 0) }
            x := mload(memory_)
            y := mload(add(memory_, 0x20))
        }
    }

    /// @dev x³ + 3
    function _rightSide(uint256 x) private pure returns (uint256) {
        return addmod(mulmod(mulmod(x, x, P), x, P), 3, P);
    }

    function _power(uint256 base, uint256 exponent) private view returns (uint256 result) {
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, 32)
            mstore(add(memory_, 0x20), 32)
            mstore(add(memory_, 0x40), 32)
            mstore(add(memory_, 0x60), base)
            mstore(add(memory_, 0x80), exponent)
            mstore(add(memory_, 0xa0), P)
            if iszero(staticcall(gas(), 5, memory_, 0xc0, 0, 0x20)) { revert(0, 0) }
            result := mload(0)
        }
    }
}
