import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../bytes.js";
import { leafHash } from "../merkle/hashes.js";
import { inclusionProof, verifyInclusion } from "../merkle/proof.js";
import { merkleRoot } from "../merkle/root.js";
import { chunkLength, payloadNonceLength, sealedChunkLength } from "./chunk.js";
import { withCiphertextRoot } from "./ciphertext-root.js";
import { type Commitments, ciphertextLeaf, leafSalt, plaintextLeaf, plaintextSalt } from "./commitments.js";
import { decryptStream } from "./decrypt-stream.js";
import { encryptStream, newFileKey } from "./encrypt-stream.js";
import { storedSizeOf } from "./sizes.js";
import { backends, readAll, sealAll, withCode } from "./test-helpers.js";

const cut = (bytes: Uint8Array, length: number) =>
  Array.from({ length: Math.max(1, Math.ceil(bytes.length / length)) }, (_, index) => bytes.subarray(index * length, (index + 1) * length));

for (const backend of backends) {
  describe(`commitments, ${backend.name}`, () => {
    it("are those of docs/envelope.md, written out by hand", async () => {
      const fileKey = newFileKey(backend);
      const plain = backend.randomBytes(2 * chunkLength + 5);
      const { stored, commitments } = await sealAll(backend, plain, fileKey);
      const nonce = stored.subarray(0, payloadNonceLength);
      const sealed = cut(stored.subarray(payloadNonceLength), sealedChunkLength);
      const node = (a: Uint8Array, b: Uint8Array) => backend.sha256(Uint8Array.of(1), a, b);
      const three = ([a, b, c]: Uint8Array[]) => node(node(a as Uint8Array, b as Uint8Array), c as Uint8Array);
      assert.equal(commitments.ciphertextRoot, toHex(three(sealed.map((part, index) => backend.sha256(Uint8Array.of(0), ...(index === 0 ? [nonce] : []), part)))));
      const salt = backend.hkdfSha256(fileKey, new Uint8Array(0), new TextEncoder().encode("galen/v1/plaintext-salt"), 32);
      const number = (index: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, index);
      assert.equal(commitments.plaintextRoot, toHex(three(cut(plain, chunkLength).map((part, index) =>
        backend.sha256(Uint8Array.of(0), backend.hmacSha256(salt).update(number(index)).digest(), part)))));
      assert.equal(commitments.plainSize, plain.length);
      assert.equal(commitments.storedSize, stored.length);
      assert.equal(commitments.storedSize, storedSizeOf(plain.length));
    });

    it("of the ciphertext come out without the key, however it is cut, and for nothing else", async () => {
      for (const length of [0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 2 * chunkLength, 150_000]) {
        const { stored, commitments } = await sealAll(backend, backend.randomBytes(length), newFileKey(backend));
        const told = async (bytes: Uint8Array, piece: number): Promise<unknown> => {
          let seen: unknown;
          assert.deepEqual(await readAll(withCiphertextRoot(backend, cut(bytes, piece), (value) => (seen = value))), bytes);
          return seen;
        };
        for (const piece of [999, sealedChunkLength, stored.length]) assert.deepEqual(await told(stored, piece), { ciphertextRoot: commitments.ciphertextRoot, storedSize: commitments.storedSize });
        const other = stored.map((byte, at) => (at === stored.length - 1 ? byte ^ 1 : byte));
        assert.notDeepEqual(await told(other, 999), await told(stored, 999));
      }
      for (const length of [0, 10, payloadNonceLength, payloadNonceLength + 15, payloadNonceLength + sealedChunkLength + 16]) {
        await assert.rejects(readAll(withCiphertextRoot(backend, [new Uint8Array(length)], () => undefined)), withCode("ENVELOPE_MALFORMED"), `${length} bytes`);
      }
    });

    it("come out the same for the reader, on either twin", async () => {
      await fc.assert(fc.asyncProperty(fc.nat(200_000), async (length) => {
        const fileKey = newFileKey(backend);
        const { stored, commitments } = await sealAll(backend, backend.randomBytes(length), fileKey);
        for (const other of backends) {
          let seen: Commitments | undefined;
          await readAll(decryptStream(other, [stored], { fileKey, onCommitments: (value) => (seen = value) }));
          assert.deepEqual(seen, commitments);
        }
      }), { numRuns: 8 });
    });

    it("hide the plain text: the same content under another key has another root", async () => {
      const plain = new Uint8Array(1000);
      const [a, b] = await Promise.all([sealAll(backend, plain, newFileKey(backend)), sealAll(backend, plain, newFileKey(backend))]);
      assert.notEqual(a.commitments.plaintextRoot, b.commitments.plaintextRoot);
      assert.notEqual(a.commitments.plaintextRoot, toHex(merkleRoot(backend, [leafHash(backend, plain)])));
    });

    it("do not depend on how the source is cut", async () => {
      const fileKey = newFileKey(backend);
      const nonce = backend.randomBytes(16);
      const plain = backend.randomBytes(3 * chunkLength);
      const results = await Promise.all([1_000_000, chunkLength, chunkLength - 1, 4097].map(async (length) => {
        const { stored, commitments } = encryptStream(backend, cut(plain, length), { fileKey, nonce });
        return { stored: toHex((await readAll(stored)).subarray(0, 5000)), commitments: await commitments };
      }));
      for (const result of results) assert.deepEqual(result, results[0]);
    });

    it("prove one leaf in a dispute, of either tree", async () => {
      const fileKey = newFileKey(backend);
      const plain = backend.randomBytes(4 * chunkLength + 9);
      const { stored, commitments } = await sealAll(backend, plain, fileKey);
      const nonce = stored.subarray(0, payloadNonceLength);
      const salt = plaintextSalt(backend, fileKey);
      const sealedLeaves = cut(stored.subarray(payloadNonceLength), sealedChunkLength).map((part, index) => ciphertextLeaf(backend, index === 0 ? nonce : new Uint8Array(0), part));
      const plainLeaves = cut(plain, chunkLength).map((part, index) => plaintextLeaf(backend, leafSalt(backend, salt, index), part));
      for (const [root, leaves] of [[commitments.ciphertextRoot, sealedLeaves], [commitments.plaintextRoot, plainLeaves]] as const) {
        const proof = inclusionProof(backend, leaves, 3);
        assert(verifyInclusion(backend, root, leaves[3] as Uint8Array, proof));
        assert(!verifyInclusion(backend, root, leaves[2] as Uint8Array, proof));
      }
      assert.equal(fromHex(commitments.keyCommitment, 32).length, 32);
    });
  });
}
