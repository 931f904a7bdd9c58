import { fromHex } from "../bytes.js";
import { challengeOf, type RingContext, type RingSignature } from "./challenge.js";
import { G1, N, type Point, pointOf } from "./curve.js";
import { hashToCurve } from "./hash-to-curve.js";
import type { Ring } from "./ring.js";

/** @returns whether a member of the ring signed. Everything in it is public, so nothing here is constant in time. */
export function verifyRing(context: RingContext, ring: Ring, signature: RingSignature): boolean {
  const { imageX, imageY, challenge: first, responses } = signature;
  const image = pointOf({ x: imageX, y: imageY });
  const canonical = (scalar: bigint): boolean => scalar >= 0n && scalar < N;
  if (image === null || responses.length !== ring.length || ![first, ...responses].every(canonical)) return false;
  const base = hashToCurve(fromHex(context.scope, 32));
  const challenge = challengeOf(context, ring, { x: imageX, y: imageY });
  let current = first;
  for (const [index, member] of ring.entries()) {
    const key = pointOf(member);
    const response = responses[index]!;
    if (key === null) return false;
    current = challenge(
      product(G1.BASE, response).add(product(key, current)),
      product(base, response).add(product(image, current)),
    );
  }
  return current === first;
}

const product = (point: Point, scalar: bigint): Point => (scalar === 0n ? G1.ZERO : point.multiplyUnsafe(scalar));
