import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { toHex, utf8 } from "../bytes.js";
import { nodeBackend } from "./node.js";
import { webBackend } from "./web.js";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const any = fc.uint8Array({ maxLength: 300 });
const fromHexText = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const run = { numRuns: 50 };

/** Asserts that both twins give the same, whatever it is. */
function same(a: Uint8Array | null, b: Uint8Array | null): void {
  assert.equal(a === null ? null : toHex(a), b === null ? null : toHex(b));
}

describe("the two backends are twins", () => {
  it("in hashing and deriving", () => {
    fc.assert(fc.property(any, any, any, fc.integer({ min: 1, max: 100 }), (a, b, c, length) => {
      same(nodeBackend.sha256(a, b, c), webBackend.sha256(a, b, c));
      same(nodeBackend.hmacSha256(a).update(b).update(c).digest(), webBackend.hmacSha256(a).update(b).update(c).digest());
      same(nodeBackend.hkdfSha256(a, b, c, length), webBackend.hkdfSha256(a, b, c, length));
    }), run);
  });

  it("in sealing and opening", () => {
    fc.assert(fc.property(bytes(32), bytes(12), any, any, fc.nat(), (key, nonce, additional, plain, at) => {
      const chacha = nodeBackend.sealChaCha(key, nonce, plain);
      same(chacha, webBackend.sealChaCha(key, nonce, plain));
      const gcm = nodeBackend.sealGcm(key, nonce, additional, plain);
      same(gcm, webBackend.sealGcm(key, nonce, additional, plain));
      for (const backend of [nodeBackend, webBackend]) {
        same(backend.openChaCha(key, nonce, chacha), plain);
        same(backend.openGcm(key, nonce, additional, gcm), plain);
        const changed = (sealed: Uint8Array) => sealed.map((byte, index) => (index === at % sealed.length ? byte ^ 1 : byte));
        same(backend.openChaCha(key, nonce, changed(chacha)), null);
        same(backend.openGcm(key, nonce, additional, changed(gcm)), null);
        same(backend.openChaCha(key, nonce, chacha.subarray(0, 15)), null);
        same(backend.openGcm(key, nonce, additional, gcm.subarray(0, 15)), null);
      }
    }), run);
  });

  it("in counter mode, whatever the pieces, also where the counter overflows", () => {
    const counter = fc.oneof(bytes(16), fc.constant(new Uint8Array(16).fill(255)));
    fc.assert(fc.property(bytes(32), counter, fc.array(any, { maxLength: 6 }), (key, start, pieces) => {
      const [a, b] = [nodeBackend.aesCtr(key, start), webBackend.aesCtr(key, start)];
      for (const piece of pieces) same(a.update(piece), b.update(piece));
    }), run);
  });

  it("in X25519 and Ed25519", () => {
    fc.assert(fc.property(bytes(32), bytes(32), any, (secret, other, message) => {
      same(nodeBackend.x25519Public(secret), webBackend.x25519Public(secret));
      const peer = webBackend.x25519Public(other);
      same(nodeBackend.x25519Shared(secret, peer), webBackend.x25519Shared(secret, peer));
      same(nodeBackend.ed25519Public(secret), webBackend.ed25519Public(secret));
      const signature = nodeBackend.ed25519Sign(secret, message);
      same(signature, webBackend.ed25519Sign(secret, message));
      for (const backend of [nodeBackend, webBackend]) {
        const publicKey = backend.ed25519Public(secret);
        assert(backend.ed25519Verify(publicKey, message, signature));
        assert(!backend.ed25519Verify(publicKey, utf8(`${toHex(message)}x`), signature));
        assert(!backend.ed25519Verify(backend.ed25519Public(other), message, signature) || toHex(secret) === toHex(other));
        assert(!backend.ed25519Verify(publicKey, message, signature.subarray(1)));
      }
    }), { numRuns: 15 });
  });
});

for (const backend of [nodeBackend, webBackend]) {
  describe(`published vectors, ${backend.name}`, () => {
    it("RFC 5869, test case 1", () => {
      const okm = backend.hkdfSha256(new Uint8Array(22).fill(11), fromHexText("000102030405060708090a0b0c"), fromHexText("f0f1f2f3f4f5f6f7f8f9"), 42);
      assert.equal(toHex(okm), "0x3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    });

    it("refuses X25519 points of low order", () => {
      for (const point of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31)), fromHexText("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]) {
        same(backend.x25519Shared(new Uint8Array(32).fill(7), point), null);
      }
    });

    it("draws as many random bytes as asked, beyond a browser's limit too", () => {
      const many = backend.randomBytes(200_000);
      assert.equal(many.length, 200_000);
      assert(many.subarray(-64).some((byte) => byte !== 0));
      assert.notEqual(toHex(backend.randomBytes(16)), toHex(backend.randomBytes(16)));
    });

    it("refuses keys of a wrong length", () => {
      assert.throws(() => backend.x25519Public(new Uint8Array(31)), RangeError);
      assert.throws(() => backend.sealChaCha(new Uint8Array(31), new Uint8Array(12), new Uint8Array(1)));
      assert.throws(() => backend.sealGcm(new Uint8Array(16).subarray(1), new Uint8Array(12), new Uint8Array(0), new Uint8Array(1)));
    });
  });
}
