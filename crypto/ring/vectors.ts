import type { RingContext, RingSignature } from "./challenge.js";
import type { Ring } from "./ring.js";

/** One shared test vector as it stands in vectors.json: numbers are words of `0x` and 64 digits. */
export interface RingVector {
  /** What is special about it. */
  readonly name: string;
  readonly valid: boolean;
  readonly chainId: number;
  readonly market: string;
  readonly message: string;
  readonly scope: string;
  /** x and y of each member. */
  readonly ring: readonly string[];
  readonly imageX: string;
  readonly imageY: string;
  readonly challenge: string;
  readonly responses: readonly string[];
}

const hex = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

export function toVector(name: string, valid: boolean, context: RingContext, ring: Ring, signature: RingSignature): RingVector {
  return {
    name,
    valid,
    ...context,
    chainId: Number(context.chainId),
    ring: ring.flatMap(({ x, y }) => [hex(x), hex(y)]),
    imageX: hex(signature.imageX),
    imageY: hex(signature.imageY),
    challenge: hex(signature.challenge),
    responses: signature.responses.map(hex),
  };
}

export function fromVector(vector: RingVector): { context: RingContext; ring: Ring; signature: RingSignature } {
  const { chainId, market, message, scope } = vector;
  const points = vector.ring.map(BigInt);
  return {
    context: { chainId: BigInt(chainId), market, message, scope },
    ring: points.filter((_, i) => i % 2 === 0).map((x, i) => ({ x, y: points[2 * i + 1]! })),
    signature: {
      imageX: BigInt(vector.imageX),
      imageY: BigInt(vector.imageY),
      challenge: BigInt(vector.challenge),
      responses: vector.responses.map(BigInt),
    },
  };
}
