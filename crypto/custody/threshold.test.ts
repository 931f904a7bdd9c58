import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { AppError } from "../../schema/errors.js";
import { toHex } from "../bytes.js";
import { newFileKey } from "../envelope/encrypt-stream.js";
import { openSmall, sealSmall } from "../envelope/small-file.js";
import { backends, sealAll, withCode } from "../envelope/test-helpers.js";
import { generateIdentity } from "../identity.js";
import { combineShares, type DepositedShare, releaseShare, splitKey } from "./threshold.js";

for (const backend of backends) {
  describe(`threshold custody, ${backend.name}`, async () => {
    const custodians = Array.from({ length: 5 }, () => generateIdentity(backend));
    const [buyer, outsider] = [generateIdentity(backend), generateIdentity(backend)];
    const fileKey = newFileKey(backend);
    const { commitments } = await sealAll(backend, backend.randomBytes(100), fileKey);
    const shared = await splitKey(backend, "record-1", fileKey, custodians.map(({ recipient }) => recipient), 3);
    const deposit = (index: number) => shared.shares[index] as DepositedShare;
    const release = (index: number, to = buyer.recipient) => releaseShare(backend, deposit(index), custodians[index]?.identity ?? "", to);

    it("any three of five give the key, in any order; two lost custodians lose nothing", async () => {
      await fc.assert(fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 3 }), async (chosen) => {
        const key = await combineShares(backend, shared, chosen.map((index) => release(index)), buyer.identity, commitments);
        assert.equal(toHex(key), toHex(fileKey));
      }), { numRuns: 6 });
    });

    it("two do not, also where one comes twice, and the loss is stated", async () => {
      for (const chosen of [[], [0], [1, 4], [1, 1, 4]]) {
        await assert.rejects(combineShares(backend, shared, chosen.map((index) => release(index)), buyer.identity, commitments), (error: AppError) =>
          withCode("KEY_UNAVAILABLE")(error) && error.details.missing === 3 - new Set(chosen).size);
      }
    });

    it("a forged share is found out by its custodian's number", async () => {
      const forged = { index: 2, sealed: sealSmall(backend, backend.randomBytes(17), [buyer.recipient]) };
      await assert.rejects(combineShares(backend, shared, [release(0), release(1), forged], buyer.identity, commitments), (error: AppError) =>
        withCode("COMMITMENT_MISMATCH")(error) && error.details.custodian === 2);
      const renumbered = { ...release(3), index: 2 };
      await assert.rejects(combineShares(backend, shared, [release(0), release(1), renumbered], buyer.identity, commitments), withCode("COMMITMENT_MISMATCH"));
    });

    it("a depositor who commits to another key is found out by the buyer", async () => {
      const other = await splitKey(backend, "record-1", newFileKey(backend), custodians.map(({ recipient }) => recipient), 3);
      const released = [0, 1, 2].map((index) => releaseShare(backend, other.shares[index] as DepositedShare, custodians[index]?.identity ?? "", buyer.recipient));
      await assert.rejects(combineShares(backend, other, released, buyer.identity, commitments), withCode("COMMITMENT_MISMATCH"));
    });

    it("a custodian finds out a deposit that is not what was committed to, and opens only its own", () => {
      const open = (of: DepositedShare, by = 0) => () => releaseShare(backend, of, custodians[by]?.identity ?? "", buyer.recipient);
      assert.throws(open({ ...deposit(1), index: 0 }), withCode("DECRYPTION_FAILED"));
      assert.throws(open(deposit(0), 1), withCode("DECRYPTION_FAILED"));
      assert.throws(open({ ...deposit(0), index: 1 }), withCode("COMMITMENT_MISMATCH"));
      // The record stands in the seal: a copied share is not released under the name of a record that the thief sells.
      assert.throws(open({ ...deposit(0), recordId: "record-2" }), withCode("COMMITMENT_MISMATCH"));
      assert.throws(open({ ...deposit(0), commitment: deposit(1).commitment }), withCode("COMMITMENT_MISMATCH"));
    });

    it("what is released opens for the buyer alone", async () => {
      await assert.rejects(combineShares(backend, shared, [0, 1, 2].map((index) => release(index)), outsider.identity, commitments), withCode("DECRYPTION_FAILED"));
    });

    it("refuses thresholds that protect nothing or cannot be met", async () => {
      for (const [count, threshold] of [[5, 1], [2, 3], [5, 2.5], [1, 1]] as const) {
        await assert.rejects(splitKey(backend, "r", fileKey, custodians.slice(0, count).map(({ recipient }) => recipient), threshold), withCode("BAD_INPUT"));
      }
    });

    it("small files open again, and refuse what is cut, changed or too long", () => {
      for (const length of [0, 17, 65536]) {
        const plain = backend.randomBytes(length);
        const file = sealSmall(backend, plain, [buyer.recipient]);
        assert.equal(toHex(openSmall(backend, file, [buyer.identity])), toHex(plain));
        for (const bad of [file.slice(0, -1), file.slice(0, 1640), file.slice(0, 100), new Uint8Array([...file, 0])]) {
          assert.throws(() => openSmall(backend, bad, [buyer.identity]), (error) => withCode("DECRYPTION_FAILED")(error) || withCode("ENVELOPE_MALFORMED")(error));
        }
      }
      assert.throws(() => sealSmall(backend, new Uint8Array(65537), [buyer.recipient]), RangeError);
    });
  });
}
