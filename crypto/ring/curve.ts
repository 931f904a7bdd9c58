import { bn254 } from "@noble/curves/bn254.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { concat, utf8 } from "../bytes.js";

/** alt_bn128 G1 (EIP-196): y² = x³ + 3 over P, of prime order N. */
export const G1 = bn254.G1.Point;
export type Point = InstanceType<typeof G1>;
export const P = bn254.fields.Fp.ORDER;
export const N = bn254.fields.Fr.ORDER;

/** A public key or key image, affine. */
export interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

export const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

/** @returns a big-endian word of 32 bytes, as Solidity's `abi.encode` writes an integer. */
export function word(value: bigint): Uint8Array {
  if (value < 0n || value >> 256n !== 0n) throw new RangeError("A word is an integer of 256 bits.");
  const out = new Uint8Array(32);
  for (let i = 31, rest = value; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
}

export const number = (bytes: Uint8Array): bigint => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

export const keccak = (...parts: readonly Uint8Array[]): Uint8Array => keccak_256(concat(...parts));

/** @returns the domain separator of one use: keccak256 of its name. */
export const domain = (name: string): Uint8Array => keccak(utf8(name));

/** @returns a secret scalar in [1, N), uniform but for 2^-130. */
export const randomScalar = (): bigint => mod(number(randomBytes(48)), N - 1n) + 1n;

/** @returns the point of canonical coordinates, or null: not on the curve, the identity, or not below P. */
export function pointOf({ x, y }: Affine): Point | null {
  if (x < 0n || x >= P || y < 0n || y >= P) return null;
  if (mod(y * y, P) !== mod(x * x * x + 3n, P)) return null;
  return G1.fromAffine({ x, y });
}
