import { fromHex } from "../bytes.js";
import { type Affine, domain, keccak, mod, N, number, type Point, word } from "./curve.js";
import { type Ring, ringHash } from "./ring.js";

const CHALLENGE = domain("galen/lsag-bn254/challenge/v1");

/** What a signature is bound to beside ring and key image. Hashes are `0x` and 64 lower-case digits. */
export interface RingContext {
  readonly chainId: bigint;
  /** Address of the market, `0x` and 40 digits. */
  readonly market: string;
  /** What is signed: for a listing the struct hash of its `ListingConsent`. */
  readonly message: string;
  /** Where signatures of one member can be linked: for a listing {@link listingScope}. */
  readonly scope: string;
}

/** A signature as the market takes it. */
export interface RingSignature {
  readonly imageX: bigint;
  readonly imageY: bigint;
  readonly challenge: bigint;
  readonly responses: readonly bigint[];
}

const addressWord = (address: string): Uint8Array => word(number(fromHex(address.toLowerCase(), 20)));

/** @returns `keccak256(abi.encode(market, contentHash))`: one member lists one content once. */
export const listingScope = (market: string, contentHash: string): Uint8Array => keccak(addressWord(market), fromHex(contentHash, 32));

/** @returns the challenge function of one signature: its prefix binds everything that does not change along the ring. */
export function challengeOf({ chainId, market, message, scope }: RingContext, ring: Ring, image: Affine): (left: Point, right: Point) => bigint {
  const prefix = keccak(
    CHALLENGE,
    word(chainId),
    addressWord(market),
    fromHex(message, 32),
    fromHex(scope, 32),
    ringHash(ring),
    word(image.x),
    word(image.y),
  );
  return (left, right) => {
    const [l, r] = [left.toAffine(), right.toAffine()];
    return mod(number(keccak(prefix, word(l.x), word(l.y), word(r.x), word(r.y))), N);
  };
}
