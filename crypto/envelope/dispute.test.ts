import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chunkLength } from "./chunk.js";
import { ciphertextEvidence, plaintextEvidence, verifyEvidence } from "./dispute.js";
import { newFileKey } from "./encrypt-stream.js";
import { backends, sealAll, withCode } from "./test-helpers.js";

for (const backend of backends) {
  describe(`evidence of one chunk, ${backend.name}`, async () => {
    const fileKey = newFileKey(backend);
    const plain = backend.randomBytes(4 * chunkLength + 9);
    const { stored, commitments } = await sealAll(backend, plain, fileKey);
    const { ciphertextRoot, plaintextRoot } = commitments;

    it("holds for each chunk of either tree, on either twin, and for no other tree", async () => {
      for (let index = 0; index < 5; index++) {
        const [sealed, open] = [await ciphertextEvidence(backend, [stored], index), await plaintextEvidence(backend, [plain], fileKey, index)];
        assert.deepEqual(Buffer.from(open.bytes), Buffer.from(plain.subarray(index * chunkLength, (index + 1) * chunkLength)));
        for (const other of backends) {
          assert(verifyEvidence(other, ciphertextRoot, sealed) && verifyEvidence(other, plaintextRoot, open));
          assert(!verifyEvidence(other, plaintextRoot, sealed) && !verifyEvidence(other, ciphertextRoot, open));
        }
      }
    });

    it("fails for another content, place or salt", async () => {
      const evidence = await plaintextEvidence(backend, [plain], fileKey, 2);
      const changed = evidence.bytes.slice();
      changed[7] = (changed[7] ?? 0) ^ 1;
      assert(!verifyEvidence(backend, plaintextRoot, { ...evidence, bytes: changed }));
      assert(!verifyEvidence(backend, plaintextRoot, { ...evidence, lead: new Uint8Array(32) }));
      assert(!verifyEvidence(backend, plaintextRoot, { ...evidence, proof: { ...evidence.proof, index: 3 } }));
      assert(!verifyEvidence(backend, plaintextRoot, await plaintextEvidence(backend, [plain], newFileKey(backend), 2)));
    });

    it("there is none of a chunk that is not there", async () => {
      await assert.rejects(ciphertextEvidence(backend, [stored], 5), withCode("BAD_INPUT"));
      await assert.rejects(plaintextEvidence(backend, [plain], fileKey, -1), withCode("BAD_INPUT"));
    });
  });
}
