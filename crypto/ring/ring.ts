import { AppError } from "../../schema/errors.js";
import { type Affine, G1, keccak, pointOf, randomScalar, word } from "./curve.js";

/** Members of a ring, by strictly rising x: the order that the registry demands. */
export type Ring = readonly Affine[];

/** @returns a fresh key of a ring's member. Keep `secret` like any signing key: it is a number in [1, N). */
export function newRingKey(): { secret: bigint; publicKey: Affine } {
  const secret = randomScalar();
  return { secret, publicKey: ringPublicKey(secret) };
}

export const ringPublicKey = (secret: bigint): Affine => {
  const { x, y } = G1.BASE.multiply(secret).toAffine();
  return { x, y };
};

/**
 * Puts public keys into the ring's order.
 * @throws AppError BAD_INPUT unless they are 2 to 32 points of the curve without equal x.
 */
export function makeRing(publicKeys: readonly Affine[]): Ring {
  const ring = [...publicKeys].sort((a, b) => (a.x < b.x ? -1 : 1));
  if (ring.length < 2 || ring.length > 32) throw new AppError("BAD_INPUT", "A ring has 2 to 32 members.");
  for (const [index, member] of ring.entries()) {
    if (pointOf(member) === null) throw new AppError("BAD_INPUT", "A member's key is not a point of the curve.");
    if (index > 0 && ring[index - 1]!.x === member.x) throw new AppError("BAD_INPUT", "Two members have the same key, or one the negative of the other's.");
  }
  return ring;
}

/** @returns keccak256 of all coordinates, 32 bytes each: the ring's name on chain. */
export const ringHash = (ring: Ring): Uint8Array => keccak(...ring.flatMap(({ x, y }) => [word(x), word(y)]));

/** @returns x and y of each member in order, as `registerRing` takes them. */
export const ringPoints = (ring: Ring): bigint[] => ring.flatMap(({ x, y }) => [x, y]);
