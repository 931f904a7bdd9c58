import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Decrypter, Encrypter } from "age-encryption";
import fc from "fast-check";
import { concat } from "../bytes.js";
import { generateIdentity } from "../identity.js";
import { defaultSuite, suiteNames } from "../suite-names.js";
import { suites } from "../suites.js";
import { chunkLength } from "./chunk.js";
import { decryptFile } from "./decrypt-file.js";
import { decryptStream } from "./decrypt-stream.js";
import { encryptStream, newFileKey } from "./encrypt-stream.js";
import { makeHeader } from "./make-header.js";
import { openHeader } from "./open-header.js";
import { maxHeaderLength } from "./parse-header.js";
import { plainSizeOf, storedSizeOf } from "./sizes.js";
import { backends, readAll, sealAll, withCode } from "./test-helpers.js";
import { fromWebStream, toTransform, toWebStream } from "./web-stream.js";

/** Sizes around the edges of chunks, where an off-by-one would be. */
const size = fc.oneof(fc.constantFrom(0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 2 * chunkLength, 2 * chunkLength + 17), fc.nat(200_000));

for (const backend of backends) {
  describe(`envelope, ${backend.name}`, () => {
    for (const suite of suiteNames) {
      const { identity, recipient } = generateIdentity(backend, suite);

      it(`${suite}: typage opens what we seal`, async () => {
        await fc.assert(fc.asyncProperty(size, async (length) => {
          const plain = backend.randomBytes(length);
          const fileKey = newFileKey(backend);
          const { stored } = await sealAll(backend, plain, fileKey);
          const oracle = new Decrypter();
          oracle.addIdentity(identity);
          assert.deepEqual(Buffer.from(await oracle.decrypt(concat(makeHeader(backend, fileKey, [recipient]), stored))), Buffer.from(plain));
        }), { numRuns: 12 });
      });

      it(`${suite}: we open what typage seals, however it is cut`, async () => {
        await fc.assert(fc.asyncProperty(size, fc.integer({ min: 1, max: 90_000 }), async (length, cut) => {
          const plain = backend.randomBytes(length);
          const oracle = new Encrypter();
          oracle.addRecipient(recipient);
          const file = await oracle.encrypt(plain);
          const parts: Uint8Array[] = [];
          for (let at = 0; at < file.length; at += cut + 1000) parts.push(file.subarray(at, at + cut + 1000));
          assert.deepEqual(Buffer.from(await readAll(decryptFile(backend, parts, { identities: [identity] }))), Buffer.from(plain));
        }), { numRuns: 12 });
      });

      it(`${suite}: the header has its stated length, and every twin opens it`, () => {
        const fileKey = newFileKey(backend);
        const header = makeHeader(backend, fileKey, [recipient]);
        assert.equal(header.length, suites[suite].headerLength);
        for (const other of backends) assert.deepEqual(Buffer.from(openHeader(other, header, [identity])), Buffer.from(fileKey));
      });
    }

    it("wraps for several readers, each of whom opens it alone", () => {
      const readers = [generateIdentity(backend), generateIdentity(backend)];
      const fileKey = newFileKey(backend);
      const header = makeHeader(backend, fileKey, readers.map(({ recipient }) => recipient));
      for (const { identity } of readers) assert.deepEqual(Buffer.from(openHeader(backend, header, [identity])), Buffer.from(fileKey));
    });

    it("refuses post-quantum and classic recipients in one header", () => {
      const mixed = suiteNames.map((suite) => generateIdentity(backend, suite).recipient);
      assert.throws(() => makeHeader(backend, newFileKey(backend), mixed), withCode("SUITE_UNSUPPORTED"));
    });

    it("refuses a header without recipients, and one over 64 KiB", () => {
      assert.throws(() => makeHeader(backend, newFileKey(backend), []), withCode("BAD_INPUT"));
      const classic = generateIdentity(backend, "age-v1/x25519").recipient;
      const tooMany = Array.from({ length: Math.ceil(maxHeaderLength / 90) }, () => classic);
      assert.throws(() => makeHeader(backend, newFileKey(backend), tooMany), withCode("ENVELOPE_MALFORMED"));
    });

    it("re-wraps for a buyer without touching the payload", async () => {
      const [platform, buyer] = [generateIdentity(backend), generateIdentity(backend)];
      const plain = backend.randomBytes(100_000);
      const first = newFileKey(backend);
      const { stored } = await sealAll(backend, plain, first);
      const kept = makeHeader(backend, first, [platform.recipient]);
      const delivery = concat(makeHeader(backend, openHeader(backend, kept, [platform.identity]), [buyer.recipient]), stored);
      assert.deepEqual(Buffer.from(await readAll(decryptFile(backend, [delivery], { identities: [buyer.identity] }))), Buffer.from(plain));
      await assert.rejects(readAll(decryptFile(backend, [delivery], { identities: [platform.identity] })), withCode("DECRYPTION_FAILED"));
    });

    it("knows sizes both ways", () => {
      fc.assert(fc.property(fc.oneof(size, fc.integer({ min: 0, max: 2 ** 50 })), (length) => {
        assert.equal(plainSizeOf(storedSizeOf(length)), length);
      }));
      for (const impossible of [0, 16, 31, 16 + 65552 + 5, 16 + 65552 + 16]) assert.throws(() => plainSizeOf(impossible), withCode("ENVELOPE_MALFORMED"));
    });

    it("draws another nonce each time, and lets nobody read a sealing twice", async () => {
      const fileKey = newFileKey(backend);
      const [a, b] = [await sealAll(backend, Uint8Array.of(1), fileKey), await sealAll(backend, Uint8Array.of(1), fileKey)];
      assert.notDeepEqual(a.stored, b.stored);
      const sealing = encryptStream(backend, [Uint8Array.of(1)], { fileKey });
      await readAll(sealing.stored);
      await assert.rejects(readAll(sealing.stored), /once/);
    });

    it("fails the commitments when the source fails or the reader stops", async () => {
      const failing = encryptStream(backend, (function* () { yield Uint8Array.of(1); throw new Error("disk"); })(), { fileKey: newFileKey(backend) });
      await assert.rejects(readAll(failing.stored), /disk/);
      await assert.rejects(failing.commitments, /disk/);
      const stopped = encryptStream(backend, [backend.randomBytes(200_000)], { fileKey: newFileKey(backend) });
      for await (const part of stopped.stored) if (part.length > 16) break;
      await assert.rejects(stopped.commitments, /not read to its end/);
    });

    it("closes its source when the reader stops or the header is malformed", async () => {
      for (const start of [makeHeader(backend, new Uint8Array(16), [generateIdentity(backend).recipient]), new TextEncoder().encode("no age file\n")]) {
        let closed = false;
        const source = (async function* () {
          try {
            yield start;
            for (;;) yield new Uint8Array(1000);
          } finally {
            closed = true;
          }
        })();
        await assert.rejects(readAll(decryptFile(backend, source, { identities: [generateIdentity(backend).identity] })));
        assert(closed);
      }
    });

    it("flows through web streams with back-pressure", async () => {
      const { identity, recipient } = generateIdentity(backend);
      const fileKey = newFileKey(backend);
      const plain = backend.randomBytes(300_000);
      let given = 0;
      const source = (async function* () { for (let at = 0; at < plain.length; at += 10_000) { given += 1; yield plain.subarray(at, at + 10_000); } })();
      const sealed = toWebStream(encryptStream(backend, source, { fileKey }).stored);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert(given <= 1, `${given} pieces were taken before anybody read`);
      const opened = sealed.pipeThrough(toTransform((stored) => decryptStream(backend, stored, { fileKey })));
      assert.deepEqual(Buffer.from(await readAll(fromWebStream(opened))), Buffer.from(plain));
      assert.deepEqual(Buffer.from(openHeader(backend, makeHeader(backend, fileKey, [recipient]), [identity])), Buffer.from(fileKey));
    });
  });
}

it("the default suite is post-quantum", () => assert.equal(suites[defaultSuite].postQuantum, true));
