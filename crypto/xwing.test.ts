import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { toHex } from "./bytes.js";
import { backends } from "./envelope/test-helpers.js";
import { xwingDecapsulate, xwingEncapsulate, xwingPublic } from "./xwing.js";

for (const backend of backends) {
  describe(`X-Wing, ${backend.name}`, () => {
    it("is noble's, key by key and both ways", () => {
      for (let run = 0; run < 8; run++) {
        const seed = backend.randomBytes(32);
        const publicKey = xwingPublic(backend, seed);
        assert.equal(toHex(publicKey), toHex(MLKEM768X25519.getPublicKey(seed)));
        const ours = xwingEncapsulate(backend, publicKey);
        assert(ours !== null);
        assert.equal(toHex(MLKEM768X25519.decapsulate(ours.ciphertext, seed)), toHex(ours.shared));
        const theirs = MLKEM768X25519.encapsulate(publicKey);
        assert.equal(toHex(xwingDecapsulate(backend, seed, theirs.cipherText) as Uint8Array), toHex(theirs.sharedSecret));
      }
    });

    it("takes part in nothing with points of low order or keys that are not reduced", () => {
      const seed = backend.randomBytes(32);
      const publicKey = xwingPublic(backend, seed);
      const low = publicKey.slice();
      low.fill(0, 1184);
      assert.equal(xwingEncapsulate(backend, low), null);
      const unreduced = publicKey.slice();
      unreduced.fill(255, 0, 3);
      assert.equal(xwingEncapsulate(backend, unreduced), null);
      const ciphertext = (xwingEncapsulate(backend, publicKey) as { ciphertext: Uint8Array }).ciphertext.slice();
      ciphertext.fill(0, 1088);
      assert.equal(xwingDecapsulate(backend, seed, ciphertext), null);
      assert.throws(() => xwingDecapsulate(backend, seed, ciphertext.subarray(1)), RangeError);
      assert.throws(() => xwingEncapsulate(backend, publicKey.subarray(1)), RangeError);
      assert.throws(() => xwingPublic(backend, seed.subarray(1)), RangeError);
    });
  });
}
