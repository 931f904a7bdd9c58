import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { concat } from "../bytes.js";
import { generateIdentity } from "../identity.js";
import { payloadNonceLength, sealedChunkLength } from "./chunk.js";
import { decryptFile } from "./decrypt-file.js";
import { decryptStream } from "./decrypt-stream.js";
import { newFileKey } from "./encrypt-stream.js";
import { makeHeader } from "./make-header.js";
import { backends, readAll, sealAll, withCode } from "./test-helpers.js";

const refused = (error: unknown) => withCode("DECRYPTION_FAILED")(error) || withCode("ENVELOPE_MALFORMED")(error);

for (const backend of backends) {
  describe(`tampering is refused, ${backend.name}`, async () => {
    const { identity, recipient } = generateIdentity(backend);
    const fileKey = newFileKey(backend);
    const plain = backend.randomBytes(3 * 65536 + 1234);
    const { stored, commitments } = await sealAll(backend, plain, fileKey);
    const header = makeHeader(backend, fileKey, [recipient]);
    const file = concat(header, stored);
    const open = (bytes: Uint8Array, identities = [identity]) => readAll(decryptFile(backend, [bytes], { identities }));
    const chunk = (index: number) => stored.subarray(payloadNonceLength + index * sealedChunkLength, payloadNonceLength + (index + 1) * sealedChunkLength);
    const nonce = stored.subarray(0, payloadNonceLength);

    it("opens untouched", async () => assert.deepEqual(Buffer.from(await open(file)), Buffer.from(plain)));

    it("a flipped bit anywhere", async () => {
      await fc.assert(fc.asyncProperty(fc.nat(file.length - 1), fc.nat(7), async (at, bit) => {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        await assert.rejects(open(changed), refused);
      }), { numRuns: 60 });
      for (let at = 0; at < header.length; at += 13) {
        const changed = file.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        await assert.rejects(open(changed), refused, `header byte ${at}`);
      }
    });

    it("a truncation anywhere", async () => {
      await fc.assert(fc.asyncProperty(fc.nat(file.length - 1), (length) => assert.rejects(open(file.slice(0, length)), refused)), { numRuns: 40 });
      for (let chunks = 0; chunks <= 3; chunks++) await assert.rejects(open(concat(header, nonce, ...[0, 1, 2, 3].slice(0, chunks).map(chunk))), refused);
    });

    it("appended bytes", async () => {
      for (const length of [1, 15, 16, 17, 70_000]) await assert.rejects(open(concat(file, backend.randomBytes(length))), refused);
    });

    it("swapped, doubled and dropped chunks", async () => {
      for (const order of [[1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [1, 2, 3], [0, 1, 3, 2]]) {
        await assert.rejects(open(concat(header, nonce, ...order.map(chunk))), refused, String(order));
      }
    });

    it("another's key", () => assert.rejects(open(file, [generateIdentity(backend).identity]), withCode("DECRYPTION_FAILED")));

    it("the header of another file, for the same reader", () =>
      assert.rejects(open(concat(makeHeader(backend, newFileKey(backend), [recipient]), stored)), withCode("DECRYPTION_FAILED")));

    it("a chunk of another file under the same key", async () => {
      const other = await sealAll(backend, backend.randomBytes(plain.length), fileKey);
      const foreign = other.stored.subarray(payloadNonceLength, payloadNonceLength + sealedChunkLength);
      await assert.rejects(open(concat(header, nonce, foreign, ...[1, 2, 3].map(chunk))), withCode("DECRYPTION_FAILED"));
    });

    it("a whole other file, authentic, but not the one committed to", async () => {
      const other = await sealAll(backend, backend.randomBytes(plain.length), fileKey);
      const check = (expected: typeof commitments) => readAll(decryptStream(backend, [other.stored], { fileKey, expected }));
      await check(other.commitments);
      await assert.rejects(check(commitments), (error: Error) => withCode("COMMITMENT_MISMATCH")(error) && /ciphertextRoot, plaintextRoot, keyCommitment/.test(error.message));
    });
  });
}
