import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { toHex } from "./bytes.js";
import { backends } from "./envelope/test-helpers.js";
import { decodeStagingKey, encodeStagingKey, newStagingKey, stagingCipher } from "./sealed-staging.js";

for (const backend of backends) {
  describe(`staging cipher, ${backend.name}`, () => {
    it("equals AES-256-CTR in one go, wherever it is resumed", () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), fc.array(fc.nat(500), { maxLength: 5 }), fc.boolean(), (plain, cuts, overflow) => {
        const fresh = newStagingKey(backend);
        const staging = overflow ? { ...fresh, iv: new Uint8Array(16).fill(255) } : fresh;
        const whole = createCipheriv("aes-256-ctr", staging.key, staging.iv).update(plain);
        const edges = [0, ...cuts.map((cut) => Math.min(cut, plain.length)).sort((a, b) => a - b), plain.length];
        const parts = edges.slice(1).map((end, index) => stagingCipher(backend, staging, edges[index] as number).update(plain.subarray(edges[index], end)));
        assert.equal(toHex(Buffer.concat(parts)), toHex(whole));
        assert.equal(toHex(stagingCipher(backend, staging, 0).update(Buffer.concat(parts))), toHex(plain));
      }), { numRuns: 60 });
    });

    it("reaches offsets beyond 2^36", () => {
      const staging = newStagingKey(backend);
      const offset = 2 ** 40 + 5;
      const ahead = backends.map((other) => toHex(stagingCipher(other, staging, offset).update(new Uint8Array(40))));
      assert.equal(ahead[0], ahead[1]);
      assert.equal(toHex(stagingCipher(backend, staging, offset - 5).update(new Uint8Array(45)).subarray(5)), ahead[0]);
    });

    it("its key packs into 48 bytes, and bad arguments are refused", () => {
      const staging = newStagingKey(backend);
      const read = decodeStagingKey(encodeStagingKey(staging));
      assert.deepEqual([toHex(read.key), toHex(read.iv)], [toHex(staging.key), toHex(staging.iv)]);
      assert.throws(() => decodeStagingKey(new Uint8Array(47)), RangeError);
      assert.throws(() => stagingCipher(backend, staging, -1), RangeError);
      assert.throws(() => stagingCipher(backend, { ...staging, iv: new Uint8Array(12) }, 0), RangeError);
    });
  });
}
