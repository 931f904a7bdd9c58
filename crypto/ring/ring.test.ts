import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { toHex } from "../bytes.js";
import type { RingContext } from "./challenge.js";
import { listingScope } from "./challenge.js";
import { N, P, pointOf } from "./curve.js";
import { makeRing, newRingKey } from "./ring.js";
import { signRing } from "./sign-ring.js";
import { fromVector, type RingVector } from "./vectors.js";
import { verifyRing } from "./verify-ring.js";

const word = (byte: number): string => `0x${byte.toString(16).padStart(2, "0").repeat(32)}`;
const context: RingContext = { chainId: 31337n, market: `0x${"ab".repeat(20)}`, message: word(1), scope: word(2) };
const keys = Array.from({ length: 5 }, newRingKey);
const ring = makeRing(keys.map(({ publicKey }) => publicKey));

function readVectors(): RingVector[] {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      return (JSON.parse(readFileSync(join(folder, "crypto/ring/vectors.json"), "utf8")) as { vectors: RingVector[] }).vectors;
    } catch (error) {
      if (folder === dirname(folder)) throw error;
    }
  }
}

test("the shared vectors are judged as they say", () => {
  const vectors = readVectors();
  assert(vectors.length >= 100);
  for (const [index, vector] of vectors.entries()) {
    const { context: bound, ring: members, signature } = fromVector(vector);
    assert.equal(verifyRing(bound, members, signature), vector.valid, `vector ${index}: ${vector.name}`);
  }
});

test("every member signs, and the signatures verify", () => {
  for (const { secret } of keys) assert(verifyRing(context, ring, signRing(context, ring, secret)));
});

test("one member's signatures link in a scope, whatever is signed, and nowhere else", () => {
  const image = (secret: bigint, changed: Partial<RingContext>): bigint => signRing({ ...context, ...changed }, ring, secret).imageX;
  const [a, b] = keys.map(({ secret }) => secret) as [bigint, bigint];
  assert.equal(image(a, {}), image(a, { message: word(3) }));
  assert.notEqual(image(a, {}), image(a, { scope: word(3) }));
  assert.notEqual(image(a, {}), image(b, {}));
});

test("randomness is fresh in every signature", () => {
  const secret = keys[0]!.secret;
  const [first, second] = [signRing(context, ring, secret), signRing(context, ring, secret)];
  assert.equal(new Set([first.challenge, second.challenge, ...first.responses, ...second.responses]).size, 12);
});

test("a stranger cannot sign, and no secret is out of range", () => {
  assert.throws(() => signRing(context, ring, newRingKey().secret), { code: "BAD_INPUT" });
  for (const secret of [0n, -1n, N]) assert.throws(() => signRing(context, ring, secret), { code: "BAD_INPUT" });
});

test("a ring has 2 to 32 different points of the curve, by rising x", () => {
  const points = ring.map(({ x }) => x);
  assert.deepEqual(points, [...points].sort((a, b) => (a < b ? -1 : 1)));
  const { publicKey } = keys[0]!;
  for (const bad of [
    [publicKey],
    Array.from({ length: 33 }, () => newRingKey().publicKey),
    [publicKey, publicKey],
    [publicKey, { x: publicKey.x, y: P - publicKey.y }],
    [publicKey, { x: 0n, y: 0n }],
    [publicKey, { x: publicKey.x + P, y: publicKey.y }],
  ]) assert.throws(() => makeRing(bad), { code: "BAD_INPUT" });
  assert.equal(pointOf({ x: -1n, y: 2n }), null);
});

test("the scope of a listing is bound to market and content", () => {
  const scope = toHex(listingScope(context.market, word(9)));
  assert.notEqual(scope, toHex(listingScope(`0x${"ac".repeat(20)}`, word(9))));
  assert.notEqual(scope, toHex(listingScope(context.market, word(8))));
});
