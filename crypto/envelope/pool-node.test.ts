import assert from "node:assert/strict";
import { type FileHandle, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { nodeBackend as backend } from "../backend/node.js";
import { toHex } from "../bytes.js";
import { batchChunks } from "./batch.js";
import { chunkLength, sealedChunkLength } from "./chunk.js";
import type { Commitments } from "./commitments.js";
import { generateIdentity } from "../identity.js";
import { decryptFile } from "./decrypt-file.js";
import { type DecryptOptions, decryptStream } from "./decrypt-stream.js";
import { encryptStream, newFileKey } from "./encrypt-stream.js";
import { makeHeader } from "./make-header.js";
import { createSealPool } from "./pool-node.js";
import { readAll, sealAll, withCode } from "./test-helpers.js";
import { startThreads } from "./threads-node.js";

const batch = batchChunks * chunkLength;
const { identity, recipient } = generateIdentity(backend);

describe("pool of encryption threads, file to file", () => {
  const pool = createSealPool(2);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "galen-pool-"));
  });
  after(async () => {
    await pool.close();
    await rm(folder, { recursive: true });
  });
  /** Runs something on two open files and closes them. */
  async function withFiles<T>(input: string, output: string, use: (input: FileHandle, output: FileHandle) => Promise<T>): Promise<T> {
    const files = [await open(join(folder, input), "r"), await open(join(folder, output), "w")] as const;
    try {
      return await use(...files);
    } finally {
      for (const file of files) await file.close();
    }
  }

  it("gives age files that the streams read, and reads what they give", async () => {
    for (const length of [0, 1, chunkLength, batch, batch + 1, 3 * batch + chunkLength + 3]) {
      const fileKey = newFileKey(backend);
      const header = makeHeader(backend, fileKey, [recipient]);
      const plain = backend.randomBytes(length);
      await writeFile(join(folder, "plain"), plain);
      const commitments = await withFiles("plain", "sealed", async (input, output) => {
        await output.write(header);
        return pool.encryptFile(input, { file: output, offset: header.length }, fileKey, true);
      });
      assert(commitments !== null);
      const sealed = new Uint8Array(await readFile(join(folder, "sealed")));
      assert.equal(toHex(backend.sha256(await readAll(decryptFile(backend, [sealed], { identities: [identity], expected: commitments })))), toHex(backend.sha256(plain)), `${length} bytes`);

      const streamed = await sealAll(backend, plain, fileKey);
      await writeFile(join(folder, "stored"), streamed.stored);
      await withFiles("stored", "opened", (input, output) => pool.decryptFile({ file: input, offset: 0 }, output, { fileKey, expected: streamed.commitments }));
      assert.equal(toHex(backend.sha256(new Uint8Array(await readFile(join(folder, "opened"))))), toHex(backend.sha256(plain)), `${length} bytes`);
    }
  });

  it("refuses what decryptStream refuses, and commits only when asked", async () => {
    const fileKey = newFileKey(backend);
    const { stored, commitments } = await sealAll(backend, backend.randomBytes(3 * batch + 100), fileKey);
    const attempt = async (bytes: Uint8Array, options: DecryptOptions) => {
      await writeFile(join(folder, "bad"), bytes);
      await withFiles("bad", "out", (input, output) => pool.decryptFile({ file: input, offset: 0 }, output, options));
    };
    const flipped = stored.slice();
    flipped[2_500_000] = (flipped[2_500_000] ?? 0) ^ 1;
    await assert.rejects(attempt(flipped, { fileKey }), withCode("DECRYPTION_FAILED"));
    await assert.rejects(attempt(stored.slice(0, -1), { fileKey }), withCode("DECRYPTION_FAILED"));
    await assert.rejects(attempt(stored.slice(0, 16 + sealedChunkLength), { fileKey }), withCode("DECRYPTION_FAILED"));
    await assert.rejects(attempt(new Uint8Array([...stored, 0]), { fileKey }), withCode("DECRYPTION_FAILED"));
    await assert.rejects(attempt(stored, { fileKey: newFileKey(backend) }), withCode("DECRYPTION_FAILED"));
    await assert.rejects(attempt(stored.slice(0, 20), { fileKey }), withCode("ENVELOPE_MALFORMED"));
    await assert.rejects(attempt(stored, { fileKey, expected: { ...commitments, plainSize: 1 } }), withCode("COMMITMENT_MISMATCH"));
    await attempt(stored, { fileKey });
    assert.equal(await withFiles("bad", "out", (input, output) => pool.encryptFile(input, { file: output, offset: 0 }, fileKey, false)), null);
  });
});

describe("pool of encryption threads", () => {
  const pool = createSealPool(2);
  after(() => pool.close());

  it("gives byte for byte what one thread gives, commitments too, and reads it back", async () => {
    for (const length of [0, 1, chunkLength, batch - 1, batch, batch + 1, 5 * batch, 5 * batch + chunkLength + 3]) {
      const options = { fileKey: newFileKey(backend), nonce: backend.randomBytes(16) };
      const plain = backend.randomBytes(length);
      const [one, many] = [encryptStream(backend, [plain], options), pool.encryptStream([plain], options)];
      const stored = await readAll(one.stored);
      assert.equal(toHex(backend.sha256(await readAll(many.stored))), toHex(backend.sha256(stored)), `${length} bytes`);
      assert.deepEqual(await many.commitments, await one.commitments);
      let seen: Commitments | undefined;
      const opened = await readAll(pool.decryptStream([stored], { fileKey: options.fileKey, expected: await one.commitments, onCommitments: (value) => (seen = value) }));
      assert.equal(toHex(backend.sha256(opened)), toHex(backend.sha256(plain)));
      assert.deepEqual(seen, await one.commitments);
    }
  });

  it("keeps several streams apart", async () => {
    const all = await Promise.all(Array.from({ length: 6 }, async (_, index) => {
      const fileKey = newFileKey(backend);
      const plain = new Uint8Array(2 * batch + index).fill(index);
      const stored = await readAll(pool.encryptStream([plain], { fileKey }).stored);
      const opened = await readAll(decryptStream(backend, [stored], { fileKey }));
      return opened.length === plain.length && opened.every((byte) => byte === index);
    }));
    assert(all.every(Boolean));
  });

  it("takes no more of its source than it can work on", async () => {
    let given = 0;
    const source = (async function* () { for (;;) { given += 1; yield new Uint8Array(batch); } })();
    for await (const part of pool.encryptStream(source, { fileKey: newFileKey(backend) }).stored) if (part.length > 16) break;
    assert(given <= 7, `${given} batches were taken for one that was read`);
  });

  it("refuses what decryptStream refuses", async () => {
    const fileKey = newFileKey(backend);
    const { stored, commitments } = await sealAll(backend, backend.randomBytes(3 * batch + 100), fileKey);
    const open = (bytes: Uint8Array, key = fileKey) => readAll(pool.decryptStream([bytes], { fileKey: key }));
    const flipped = stored.slice();
    flipped[2_000_000] = (flipped[2_000_000] ?? 0) ^ 1;
    const swapped = new Uint8Array([...stored.subarray(0, 16), ...stored.subarray(16 + sealedChunkLength, 16 + 2 * sealedChunkLength), ...stored.subarray(16, 16 + sealedChunkLength), ...stored.subarray(16 + 2 * sealedChunkLength)]);
    for (const bad of [flipped, swapped, stored.slice(0, -1), stored.slice(0, -116), stored.slice(0, 16 + 2 * batchChunks * sealedChunkLength), new Uint8Array([...stored, 0])]) {
      await assert.rejects(open(bad), withCode("DECRYPTION_FAILED"));
    }
    await assert.rejects(open(stored, newFileKey(backend)), withCode("DECRYPTION_FAILED"));
    await assert.rejects(open(stored.slice(0, 10)), withCode("ENVELOPE_MALFORMED"));
    const other = { ...commitments, plaintextRoot: commitments.ciphertextRoot };
    await assert.rejects(readAll(pool.decryptStream([stored], { fileKey, expected: other })), withCode("COMMITMENT_MISMATCH"));
  });

  it("fails what runs when it is closed, and everything after", async () => {
    const short = createSealPool(1);
    const source = (async function* () { for (;;) yield new Uint8Array(batch); })();
    const reading = (async () => {
      let count = 0;
      for await (const part of short.encryptStream(source, { fileKey: newFileKey(backend) }).stored) if (part.length > 0 && ++count === 3) void short.close();
    })();
    await assert.rejects(reading, withCode("INTERNAL"));
    await assert.rejects(readAll(short.encryptStream([new Uint8Array(1)], { fileKey: newFileKey(backend) }).stored), withCode("INTERNAL"));
  });

  it("replaces a thread that died, failing only what it had in hand", async () => {
    const threads = startThreads(1);
    const base = { key: backend.randomBytes(32), salt: null, nonce: backend.randomBytes(16), first: 0, last: true, length: 5 };
    // A key of a wrong length throws inside the thread, which ends it.
    await assert.rejects(threads.run("seal", { ...base, key: new Uint8Array(3), buffer: new Uint8Array(100) }), withCode("INTERNAL"));
    assert.equal((await threads.run("seal", { ...base, buffer: new Uint8Array(100) })).length, 21);
    await threads.close();
  });
});
