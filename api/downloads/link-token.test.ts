import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "../../schema/errors.js";
import { parseByteRange } from "./byte-range.js";
import { makeLinkToken, readLinkToken } from "./link-token.js";

const key = randomBytes(32);
const later = new Date(Date.now() + 60_000);

test("a token tells its grant and its end, in whole seconds", () => {
  const grantId = randomUUID();
  const read = readLinkToken(key, makeLinkToken(key, grantId, later));
  assert.equal(read.grantId, grantId);
  assert.equal(read.refusal, null);
  assert.equal(read.expiresAt.getTime(), Math.floor(later.getTime() / 1000) * 1000);
});

test("a token is over at its end", () => {
  const token = makeLinkToken(key, randomUUID(), later);
  const end = new Date(Math.floor(later.getTime() / 1000) * 1000);
  assert.equal(readLinkToken(key, token, new Date(end.getTime() - 1)).refusal, null);
  assert.equal(readLinkToken(key, token, end).refusal?.code, "LINK_EXPIRED");
});

test("a token with any byte changed, or of another key, is invalid; also when it would be expired", () => {
  fc.assert(
    fc.property(fc.nat(55), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(makeLinkToken(key, randomUUID(), new Date(0)), "base64url");
      bytes[at] = bytes[at]! ^ flip;
      assert.equal(readLinkToken(key, bytes.toString("base64url")).refusal?.code, "LINK_INVALID");
    }),
    { numRuns: 200 },
  );
  assert.equal(readLinkToken(randomBytes(32), makeLinkToken(key, randomUUID(), later)).refusal?.code, "LINK_INVALID");
  for (const token of ["", "x", makeLinkToken(key, randomUUID(), later).slice(1), `${makeLinkToken(key, randomUUID(), later)}=`]) {
    assert.throws(() => readLinkToken(key, token), (error) => error instanceof AppError && error.code === "LINK_INVALID");
  }
});

test("Range headers are read as RFC 9110 says", () => {
  assert.deepEqual(parseByteRange("bytes=0-0", 10), { first: 0, last: 0 });
  assert.deepEqual(parseByteRange("bytes=5-", 10), { first: 5, last: 9 });
  assert.deepEqual(parseByteRange("bytes=5-100", 10), { first: 5, last: 9 });
  assert.deepEqual(parseByteRange("bytes=-3", 10), { first: 7, last: 9 });
  assert.deepEqual(parseByteRange("bytes=-30", 10), { first: 0, last: 9 });
  for (const outside of ["bytes=10-", "bytes=10-20", "bytes=-0"]) assert.equal(parseByteRange(outside, 10), "unsatisfiable");
  for (const ignored of [undefined, "", "bytes=", "bytes=-", "bytes=3-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b"]) assert.equal(parseByteRange(ignored, 10), null);
});
