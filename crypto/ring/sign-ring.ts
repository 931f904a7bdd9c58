import { AppError } from "../../schema/errors.js";
import { fromHex } from "../bytes.js";
import { challengeOf, type RingContext, type RingSignature } from "./challenge.js";
import { G1, mod, N, pointOf, randomScalar } from "./curve.js";
import { hashToCurve } from "./hash-to-curve.js";
import { type Ring, ringPublicKey } from "./ring.js";

/**
 * Signs as one member of the ring, without showing which.
 *
 * Every member's step costs the same: the signer's own commitments are made from two products too, by choosing
 * α = s′ + c′·x for random s′ and c′, and all randomness is fresh. So neither the signature nor the number of
 * operations tells the signer's place (the language's big integers are not constant in time: sign on a machine of your own).
 * @param secret - the member's secret, in [1, N).
 * @throws AppError BAD_INPUT if the secret is no member's.
 */
export function signRing(context: RingContext, ring: Ring, secret: bigint): RingSignature {
  if (secret <= 0n || secret >= N) throw new AppError("BAD_INPUT", "The secret is not a scalar of the curve.");
  const own = ringPublicKey(secret);
  const signer = ring.findIndex(({ x, y }) => x === own.x && y === own.y);
  const members = ring.map(pointOf);
  if (signer === -1 || members.includes(null)) throw new AppError("BAD_INPUT", "The key is not a member of the ring.");

  const base = hashToCurve(fromHex(context.scope, 32));
  const image = base.multiply(secret);
  const { x: imageX, y: imageY } = image.toAffine();
  const challenge = challengeOf(context, ring, { x: imageX, y: imageY });

  const size = ring.length;
  const challenges = new Array<bigint>(size);
  const responses = new Array<bigint>(size);
  const commit = (index: number, response: bigint, c: bigint): bigint =>
    challenge(
      G1.BASE.multiply(response).add(members[index]!.multiply(c)),
      base.multiply(response).add(image.multiply(c)),
    );
  const [blindResponse, blindChallenge] = [randomScalar(), randomScalar()];
  const alpha = mod(blindResponse + blindChallenge * secret, N);
  challenges[(signer + 1) % size] = commit(signer, blindResponse, blindChallenge);
  for (let step = 1; step < size; step++) {
    const index = (signer + step) % size;
    const response = randomScalar();
    responses[index] = response;
    challenges[(index + 1) % size] = commit(index, response, challenges[index]!);
  }
  responses[signer] = mod(alpha - challenges[signer]! * secret, N);
  return { imageX, imageY, challenge: challenges[0]!, responses };
}
