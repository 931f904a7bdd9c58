import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AppError } from "../../schema/errors.js";
import { openFolderStore } from "./folder-store.js";
import type { ObjectStore } from "./object-store.js";
import { stagedFile, stagedPartBytes } from "./staged-parts.js";

const root = mkdtempSync(join(tmpdir(), "galen-staged-"));
let store: ObjectStore;
before(async () => {
  store = await openFolderStore(root);
});
after(() => rmSync(root, { recursive: true, force: true }));

async function* inPieces(bytes: Uint8Array, size: number, breakAt = Infinity): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    if (at >= breakAt) throw new Error("the connection broke");
    yield bytes.subarray(at, at + size);
  }
}
async function all(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

test("a file that arrives in pieces is read as one, over a broken connection and by another process", async () => {
  const bytes = randomBytes(stagedPartBytes + 1_000_000);
  const file = stagedFile(store, "staging/a/source");
  assert.equal(await file.size(), 0);
  await assert.rejects(file.append(0, inPieces(bytes, 100_000, 500_000)), /the connection broke/);
  assert.equal(await file.size(), 500_000, "what came before the break is kept");
  const other = stagedFile(store, "staging/a/source");
  await assert.rejects(other.append(0, inPieces(bytes, 100_000)), (error) => error instanceof AppError && error.code === "CONFLICT");
  assert.equal(await other.append(500_000, inPieces(bytes.subarray(500_000), 100_000)), bytes.length);
  assert.deepEqual(await all(file.read()), bytes);
  await file.delete();
  assert.equal(await file.size(), 0);
});

test("parts that another attempt left further on do not hide what came after", async () => {
  // Two connections appended from the same offset, and the slower one's later part stayed: 0…4, then 4…12 over a stale 8…10.
  const bytes = randomBytes(16);
  const put = (offset: number, end: number, from = bytes): Promise<number> => store.put(`staging/b/source/${String(offset).padStart(16, "0")}`, inPieces(from.subarray(offset, end), 64));
  await put(0, 4);
  await put(4, 12);
  await put(8, 10, randomBytes(16));
  await put(12, 16);
  const file = stagedFile(store, "staging/b/source");
  assert.equal(await file.size(), 16);
  assert.deepEqual(await all(file.read()), bytes);
});

test("a gap ends the file", async () => {
  await store.put("staging/c/source/0000000000000000", inPieces(randomBytes(4), 4));
  await store.put("staging/c/source/0000000000000008", inPieces(randomBytes(4), 4));
  assert.equal(await stagedFile(store, "staging/c/source").size(), 4);
});
