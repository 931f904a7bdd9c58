import { domain, G1, keccak, mod, number, P, type Point, word } from "./curve.js";

const H2C = domain("galen/lsag-bn254/h2c/v1");

/**
 * Try-and-increment with the smallest counter that gives a point, and its even y; docs/ring-signature.md §2.
 * @param scope - 32 bytes; public, so that the time this takes tells nothing.
 */
export function hashToCurve(scope: Uint8Array): Point {
  for (let counter = 0n; ; counter++) {
    const high = number(keccak(H2C, scope, word(counter), word(0n)));
    const low = number(keccak(H2C, scope, word(counter), word(1n)));
    const x = mod((high << 256n) + low, P);
    const square = mod(x * x * x + 3n, P);
    const y = power(square, (P + 1n) / 4n);
    if (mod(y * y, P) === square) return G1.fromAffine({ x, y: y % 2n === 0n ? y : P - y });
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % P) if (e & 1n) result = (result * b) % P;
  return result;
}
