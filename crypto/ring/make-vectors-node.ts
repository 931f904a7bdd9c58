import { writeFileSync } from "node:fs";
import { randomBytes } from "@noble/hashes/utils.js";
import { toHex } from "../bytes.js";
import type { RingContext, RingSignature } from "./challenge.js";
import { N, P } from "./curve.js";
import { makeRing, newRingKey, type Ring } from "./ring.js";
import { signRing } from "./sign-ring.js";
import { type RingVector, toVector } from "./vectors.js";

/** Writes fresh vectors to the file named: `node dist/crypto/ring/make-vectors-node.js crypto/ring/vectors.json`. */
const vectors: RingVector[] = [];
const word = (): string => toHex(randomBytes(32));

for (let i = 0; i < 64; i++) {
  const keys = Array.from({ length: i < 31 ? i + 2 : 2 + (i % 5) }, newRingKey);
  const ring = makeRing(keys.map(({ publicKey }) => publicKey));
  const context: RingContext = { chainId: BigInt([1, 31337, 1337][i % 3]!), market: toHex(randomBytes(20)), message: word(), scope: word() };
  const signer = keys[i % keys.length]!;
  const place = ring.findIndex(({ x }) => x === signer.publicKey.x);
  const signature = signRing(context, ring, signer.secret);
  vectors.push(toVector(`ring of ${ring.length}, signed at ${place}`, true, context, ring, signature));
  if (i >= 31) for (const [name, ...changed] of forgeries(context, ring, signature)) vectors.push(toVector(name, false, ...changed));
}

/** Everything that a verifier must refuse, one for each number of vectors made so far. */
function forgeries(context: RingContext, ring: Ring, signature: RingSignature): [string, RingContext, Ring, RingSignature][] {
  const { imageX, imageY, challenge, responses } = signature;
  const with0 = (value: bigint): bigint[] => [value, ...responses.slice(1)];
  const stranger = newRingKey();
  const all: [string, RingContext, Ring, RingSignature][] = [
    ["another message", { ...context, message: word() }, ring, signature],
    ["another scope", { ...context, scope: word() }, ring, signature],
    ["another chain", { ...context, chainId: context.chainId + 1n }, ring, signature],
    ["another market", { ...context, market: toHex(randomBytes(20)) }, ring, signature],
    ["another member", context, makeRing([...ring.slice(1), stranger.publicKey]), signature],
    ["negated key image", context, ring, { ...signature, imageY: P - imageY }],
    ["identity as key image", context, ring, { ...signature, imageX: 0n, imageY: 0n }],
    ["key image off the curve", context, ring, { ...signature, imageY: imageY ^ 1n }],
    ["key image of another", context, ring, { ...signature, imageX: stranger.publicKey.x, imageY: stranger.publicKey.y }],
    ["x of the key image not reduced", context, ring, { ...signature, imageX: imageX + P }],
    ["challenge not reduced", context, ring, { ...signature, challenge: challenge + N }],
    ["response not reduced", context, ring, { ...signature, responses: with0(responses[0]! + N) }],
    ["response changed", context, ring, { ...signature, responses: with0((responses[0]! + 1n) % N) }],
    ["challenge changed", context, ring, { ...signature, challenge: (challenge + 1n) % N }],
    ["responses swapped", context, ring, { ...signature, responses: [...responses].reverse() }],
    ["a response too few", context, ring, { ...signature, responses: responses.slice(1) }],
    ["a response too many", context, ring, { ...signature, responses: [...responses, 1n] }],
    ["all zero", context, ring, { imageX, imageY, challenge: 0n, responses: responses.map(() => 0n) }],
  ];
  const at = (2 * vectors.length) % all.length;
  return [all[at]!, all[(at + 1) % all.length]!];
}

const rows = vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(",\n");
writeFileSync(process.argv[2]!, `{\n  "note": "LSAG over alt_bn128; format and rules: docs/ring-signature.md",\n  "count": ${vectors.length},\n  "vectors": [\n${rows}\n  ]\n}\n`);
