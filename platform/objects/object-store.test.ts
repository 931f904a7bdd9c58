import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { AppError } from "../../schema/errors.js";
import { openFolderStore } from "./folder-store.js";
import { checkObjectKey } from "./object-key.js";
import { openObjectStore } from "./open-object-store.js";

const root = mkdtempSync(join(tmpdir(), "galen-objects-"));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, `store-${folders++}`);
const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
async function* failing(part: Uint8Array): AsyncGenerator<Uint8Array> {
  yield part;
  throw new Error("the source broke");
}
async function all(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

test("keeps objects whole, and gives out any slice", async () => {
  const store = await openObjectStore(pathToFileURL(newFolder()).href);
  const bytes = randomBytes(700_000);
  assert.equal(await store.put("records/a", chunks(bytes.subarray(0, 1), bytes.subarray(1))), bytes.length);
  assert.deepEqual(await store.head("records/a"), { size: bytes.length });
  const whole = await store.get("records/a");
  assert.equal(whole.size, bytes.length);
  assert.deepEqual(await all(whole.body), bytes);
  assert.deepEqual(await all((await store.get("records/a", { first: 65_535, last: 65_537 })).body), bytes.subarray(65_535, 65_538));
  assert.deepEqual(await all((await store.get("records/a", { first: 699_999, last: 10_000_000 })).body), bytes.subarray(699_999));
  await assert.rejects(store.get("records/a", { first: 700_000 }), withCode("BAD_INPUT"));
  await store.put("records/a", chunks(Buffer.from("new")));
  assert.equal((await all((await store.get("records/a")).body)).toString(), "new");
  await store.put("records/empty", chunks());
  assert.deepEqual(await store.head("records/empty"), { size: 0 });
  assert.equal((await all((await store.get("records/empty")).body)).length, 0);
  await store.ping();
});

test("what is not there is told by its code; deleting it is no error", async () => {
  const store = await openFolderStore(newFolder());
  await assert.rejects(store.get("records/none"), withCode("OBJECT_NOT_FOUND"));
  assert.equal(await store.head("records/none"), null);
  assert.deepEqual(await store.list("records/"), []);
  await store.delete("records/none");
  await store.put("records/a", chunks(Buffer.from("x")));
  await store.delete("records/a");
  assert.equal(await store.head("records/a"), null);
});

test("an object deleted between asking and reading is told by its code", async () => {
  const store = await openFolderStore(newFolder());
  await store.put("records/a", chunks(Buffer.from("x")));
  const { body } = await store.get("records/a");
  await store.delete("records/a");
  await assert.rejects(all(body), withCode("OBJECT_NOT_FOUND"));
});

test("a source that breaks leaves the old object, and nothing aside", async () => {
  const folder = newFolder();
  const store = await openFolderStore(folder);
  await store.put("records/a", chunks(Buffer.from("old")));
  await assert.rejects(store.put("records/a", failing(Buffer.from("half"))), /the source broke/);
  assert.equal((await all((await store.get("records/a")).body)).toString(), "old");
  assert.deepEqual(readdirSync(join(folder, ".incoming")), []);
});

test("lists what is below a prefix, in order, and leaves no empty folders behind", async () => {
  const folder = newFolder();
  const store = await openFolderStore(folder);
  for (const key of ["staging/b/2", "staging/a/1", "staging/b/1", "records/x"]) await store.put(key, chunks(Buffer.from(key)));
  assert.deepEqual((await store.list("staging/")).map(({ key }) => key), ["staging/a/1", "staging/b/1", "staging/b/2"]);
  assert.deepEqual((await store.list("staging/b/")).map(({ key, size }) => [key, size]), [["staging/b/1", 11], ["staging/b/2", 11]]);
  for (const { key } of await store.list("staging/")) await store.delete(key);
  assert.deepEqual(readdirSync(folder).sort(), [".incoming", "records"]);
});

test("writing and deleting beside each other loses nothing", async () => {
  const store = await openFolderStore(newFolder());
  await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      await store.put(`staging/u/${i}`, chunks(Buffer.from([i])));
      if (i % 2 === 0) await store.delete(`staging/u/${i}`);
      await store.list("staging/");
    }),
  );
  assert.equal((await store.list("staging/")).length, 20);
});

test("what a killed process left aside is removed a day later", async () => {
  const folder = newFolder();
  await openFolderStore(folder);
  const [old, recent] = ["old", "recent"].map((name) => join(folder, ".incoming", name)) as [string, string];
  writeFileSync(old, "half");
  writeFileSync(recent, "half");
  const dayBefore = Date.now() / 1_000 - 25 * 3_600;
  utimesSync(old, dayBefore, dayBefore);
  await openFolderStore(folder);
  assert.deepEqual(readdirSync(join(folder, ".incoming")), ["recent"]);
});

test("files and folders are the owner's alone", async () => {
  const folder = newFolder();
  const store = await openFolderStore(folder);
  await store.put("records/a", chunks(Buffer.from("x")));
  assert.equal(statSync(join(folder, "records", "a")).mode & 0o077, 0);
  assert.equal(statSync(join(folder, "records")).mode & 0o077, 0);
});

test("keys cannot leave the folder", async () => {
  const store = await openFolderStore(newFolder());
  for (const key of ["", "../x", "a/../b", "/etc/passwd", "a//b", ".incoming/x", "a/.b", "a\\b", "a b", "ä", "x".repeat(513)]) {
    assert.throws(() => checkObjectKey(key), withCode("BAD_INPUT"), key);
    await assert.rejects(store.put(key, chunks()), withCode("BAD_INPUT"), key);
    await assert.rejects(store.get(key), withCode("BAD_INPUT"), key);
  }
  assert.equal(checkObjectKey("records/3f.part-1_x"), "records/3f.part-1_x");
});

test("an address that is no store, and a folder that cannot be made, are told at once", async () => {
  await assert.rejects(openObjectStore("s3:///nothing"), withCode("CONFIG_INVALID"));
  writeFileSync(join(root, "file"), "x");
  await assert.rejects(openFolderStore(join(root, "file", "below")), withCode("OBJECT_STORE_UNAVAILABLE"));
});
