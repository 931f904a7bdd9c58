import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { backends } from "../envelope/test-helpers.js";
import type { Backend } from "../backend/backend.js";
import { toHex, utf8 } from "../bytes.js";
import { batchProof, batchRoot, verifyBatchProof } from "./batch.js";
import { merkleBuilder } from "./builder.js";
import { leafHash } from "./hashes.js";
import { inclusionProof, verifyInclusion } from "./proof.js";
import { merkleRoot } from "./root.js";

/** RFC 6962 §2.1, word for word. */
function naiveRoot(backend: Backend, leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return backend.sha256();
  if (leaves.length === 1) return backend.sha256(Uint8Array.of(0), leaves[0] as Uint8Array);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return backend.sha256(Uint8Array.of(1), naiveRoot(backend, leaves.slice(0, k)), naiveRoot(backend, leaves.slice(k)));
}

const data = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 70 });

for (const backend of backends) {
  describe(`Merkle tree, ${backend.name}`, () => {
    it("gives the roots of certificate transparency's own test tree", () => {
      // github.com/google/certificate-transparency, test data of MerkleTreeTest.
      const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((hex) => Uint8Array.from(Buffer.from(hex, "hex")));
      const roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
      ];
      for (const [index, root] of roots.entries()) {
        assert.equal(toHex(merkleRoot(backend, inputs.slice(0, index + 1).map((input) => leafHash(backend, input)))), `0x${root}`);
      }
    });

    it("equals the definition, step by step", () => {
      fc.assert(fc.property(data, (leaves) => {
        const builder = merkleBuilder(backend);
        for (const [index, leaf] of leaves.entries()) {
          assert.equal(builder.size, index);
          builder.add(leafHash(backend, leaf));
        }
        assert.deepEqual(toHex(builder.root()), toHex(naiveRoot(backend, leaves)));
      }), { numRuns: 40 });
    });

    it("proves every leaf, and nothing else", () => {
      fc.assert(fc.property(data.filter((leaves) => leaves.length > 0), fc.nat(), fc.nat(255), (leaves, pick, noise) => {
        const hashes = leaves.map((leaf) => leafHash(backend, leaf));
        const root = toHex(merkleRoot(backend, hashes));
        const index = pick % leaves.length;
        const proof = inclusionProof(backend, hashes, index);
        const leaf = hashes[index] as Uint8Array;
        assert(verifyInclusion(backend, root, leaf, proof));
        assert(!verifyInclusion(backend, root, leafHash(backend, leaf), proof));
        const otherIndex = (index + 1 + noise) % leaves.length;
        if (toHex(hashes[otherIndex] as Uint8Array) !== toHex(leaf)) assert(!verifyInclusion(backend, root, leaf, { ...proof, index: otherIndex }));
        assert(!verifyInclusion(backend, root, leaf, { ...proof, path: [...proof.path, root] }));
        if (proof.path.length > 0) assert(!verifyInclusion(backend, root, leaf, { ...proof, path: proof.path.slice(1) }));
        for (const bad of [{ index: -1 }, { index: 0.5 }, { index: proof.size }, { size: 0 }]) assert(!verifyInclusion(backend, root, leaf, { ...proof, ...bad }));
      }), { numRuns: 40 });
      assert.throws(() => inclusionProof(backend, [], 0));
    });

    it("an inner node does not pass for a leaf", () => {
      const [a, b] = [leafHash(backend, utf8("a")), leafHash(backend, utf8("b"))];
      const root = toHex(merkleRoot(backend, [a, b]));
      const joined = new Uint8Array([...a, ...b]);
      assert.notEqual(toHex(leafHash(backend, joined)), root);
    });

    it("serves batches of the access log", () => {
      const hashes = Array.from({ length: 11 }, (_, index) => toHex(backend.sha256(Uint8Array.of(index))));
      const root = batchRoot(backend, hashes);
      for (const [index, hash] of hashes.entries()) {
        const proof = batchProof(backend, hashes, index);
        assert(verifyBatchProof(backend, root, hash, JSON.parse(JSON.stringify(proof)) as typeof proof));
        assert(!verifyBatchProof(backend, root, hashes[(index + 1) % 11] as string, proof));
      }
    });
  });
}
