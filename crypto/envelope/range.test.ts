import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { chunkLength, sealedChunkLength } from "./chunk.js";
import { openRange } from "./decrypt-range.js";
import { newFileKey } from "./encrypt-stream.js";
import { backends, sealAll, withCode } from "./test-helpers.js";

for (const backend of backends) {
  describe(`range decryption, ${backend.name}`, async () => {
    const fileKey = newFileKey(backend);
    const plain = backend.randomBytes(5 * chunkLength + 777);
    const { stored } = await sealAll(backend, plain, fileKey);
    const object = (bytes: Uint8Array) => ({ size: bytes.length, read: async (from: number, to: number) => bytes.slice(from, to) });

    it("gives any slice", async () => {
      const reader = await openRange(backend, object(stored), fileKey);
      assert.equal(reader.plainSize, plain.length);
      await fc.assert(fc.asyncProperty(fc.nat(plain.length + 10), fc.nat(150_000), async (offset, length) => {
        assert.deepEqual(Buffer.from(await reader.read(offset, length)), Buffer.from(plain.subarray(offset, offset + length)));
      }), { numRuns: 40 });
    });

    it("reads no more than the chunks that it needs", async () => {
      let read = 0;
      const reader = await openRange(backend, { size: stored.length, read: async (from, to) => { read += to - from; return stored.slice(from, to); } }, fileKey);
      read = 0;
      await reader.read(chunkLength + 5, 10);
      assert.equal(read, sealedChunkLength);
    });

    it("an empty file has an empty slice", async () => {
      const empty = await sealAll(backend, new Uint8Array(0), fileKey);
      assert.equal((await (await openRange(backend, object(empty.stored), fileKey)).read(0, 10)).length, 0);
    });

    it("finds out a false length, a cut object, a changed chunk and another key", async () => {
      await assert.rejects(openRange(backend, object(stored.slice(0, 16 + 3 * sealedChunkLength)), fileKey), withCode("DECRYPTION_FAILED"));
      await assert.rejects(openRange(backend, { ...object(stored), size: stored.length - 1 }, fileKey), withCode("DECRYPTION_FAILED"));
      await assert.rejects(openRange(backend, { ...object(stored), size: stored.length + 1 }, fileKey), withCode("DECRYPTION_FAILED"));
      await assert.rejects(openRange(backend, object(stored), newFileKey(backend)), withCode("DECRYPTION_FAILED"));
      const changed = stored.slice();
      changed[100] = (changed[100] ?? 0) ^ 1;
      const reader = await openRange(backend, object(changed), fileKey);
      await assert.rejects(reader.read(0, 10), withCode("DECRYPTION_FAILED"));
      assert.equal((await reader.read(chunkLength, 10)).length, 10);
      await assert.rejects(reader.read(-1, 1), withCode("BAD_INPUT"));
    });
  });
}
