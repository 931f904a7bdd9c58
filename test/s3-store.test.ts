import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { AppError } from "../schema/errors.js";
import type { ObjectStore } from "../platform/objects/object-store.js";
import { openS3Store } from "../platform/objects/s3-store.js";
import { stagedFile, stagedPartBytes } from "../platform/objects/staged-parts.js";
import { withS3, type S3Server } from "./support/with-s3.js";

let server: S3Server;
let store: ObjectStore;

before(async () => {
  server = await withS3();
  store = openStore(server.secretAccessKey);
});
after(async () => {
  store.close();
  await server.stop();
});

const openStore = (secretAccessKey: string): ObjectStore =>
  openS3Store({ bucket: server.bucket, region: server.region, endpoint: server.endpoint, pathStyle: true, credentials: { accessKeyId: server.accessKeyId, secretAccessKey } });

async function* inPieces(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const hasCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("small and multipart objects come back as they were, whole and in slices", async () => {
  for (const size of [0, 1, 70_000, 20 << 20]) {
    const data = randomBytes(size);
    assert.equal(await store.put(`records/object-${size}`, inPieces(data, 65_536)), size);
    assert.deepEqual(await store.head(`records/object-${size}`), { size });
    assert.ok((await collect((await store.get(`records/object-${size}`)).body)).equals(data));
  }
  const data = server.objects.get(`records/object-${20 << 20}`) as Buffer;
  const slice = await store.get(`records/object-${20 << 20}`, { first: 9_000_000, last: 9_000_099 });
  assert.equal(slice.size, 20 << 20);
  assert.ok((await collect(slice.body)).equals(data.subarray(9_000_000, 9_000_100)));
  assert.equal(server.openUploads(), 0);
});

test("a source that breaks leaves no object and no open multipart upload", async () => {
  async function* breaks(): AsyncGenerator<Uint8Array> {
    yield* inPieces(randomBytes(12 << 20), 1 << 20);
    throw new Error("the source broke");
  }
  await assert.rejects(store.put("records/broken", breaks()));
  assert.equal(await store.head("records/broken"), null);
  assert.equal(server.openUploads(), 0);
});

test("a wrong secret is refused by the server, and told as the store's fault", async () => {
  const wrong = openStore("not-the-secret");
  await assert.rejects(collectFrom(wrong.get("records/object-1")), hasCode("OBJECT_STORE_UNAVAILABLE"));
  await assert.rejects(wrong.put("records/by-wrong", inPieces(randomBytes(10), 10)), hasCode("OBJECT_STORE_UNAVAILABLE"));
  wrong.close();
  assert.equal(server.objects.has("records/by-wrong"), false);
});

const collectFrom = async (got: Promise<{ body: AsyncIterable<Uint8Array> }>): Promise<Buffer> => collect((await got).body);

test("a presigned address reads one object, whole or in slices, for a time, and does nothing else", async () => {
  const data = randomBytes(5_000);
  await store.put("records/presigned", inPieces(data, 5_000));
  await store.put("records/other", inPieces(randomBytes(10), 10));
  const address = await store.presign("records/presigned", 60);
  assert.ok(address !== null);
  assert.deepEqual(Buffer.from(await (await fetch(address)).arrayBuffer()), data);
  const slice = await fetch(address, { headers: { range: "bytes=4000-4099" } });
  assert.deepEqual([slice.status, Buffer.from(await slice.arrayBuffer())], [206, data.subarray(4_000, 4_100)]);
  const refusals: [string, RequestInit][] = [
    [address.replace("presigned", "other"), {}],
    [address.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), {}],
    [`${address}x`, {}],
    [address, { method: "PUT", body: "x" }],
    [address, { method: "DELETE" }],
    [(await openStore("not-the-secret").presign("records/presigned", 60)) ?? "", {}],
  ];
  for (const [where, request] of refusals) assert.equal((await fetch(where, request)).status, 403, `${request.method ?? "GET"} ${where}`);
  const short = (await store.presign("records/presigned", 1)) ?? "";
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  assert.equal((await fetch(short)).status, 403);
  await assert.rejects(store.presign("../outside", 60), hasCode("BAD_INPUT"));
});

test("an address is signed for the name under which those outside reach the store", async () => {
  const named = openS3Store({ bucket: server.bucket, region: server.region, endpoint: server.endpoint, publicEndpoint: "https://objects.example", pathStyle: true, credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey } });
  assert.match((await named.presign("records/presigned", 60)) ?? "", /^https:\/\/objects\.example\/galen-records\/records\/presigned\?/);
  named.close();
});

test("what is missing, or asked beyond its end, has its own code", async () => {
  await assert.rejects(store.get("records/nothing"), hasCode("OBJECT_NOT_FOUND"));
  await assert.rejects(store.get("records/object-1", { first: 5 }), hasCode("BAD_INPUT"));
  await assert.rejects(store.delete("../outside"), hasCode("BAD_INPUT"));
});

test("a third of the answers failing costs time, not objects", async () => {
  server.fault.share = 0.3;
  const data = randomBytes(70_000);
  await store.put("records/under-fault", inPieces(data, 10_000)).catch(async () => store.put("records/under-fault", inPieces(data, 10_000)));
  server.fault.share = 0;
  assert.ok((await collectFrom(store.get("records/under-fault"))).equals(data));
});

test("a staged file goes on where it broke, through another instance", async () => {
  const data = randomBytes(stagedPartBytes + 100_000);
  const first = stagedFile(store, "staging/one/source");
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield* inPieces(data.subarray(0, 50_000), 7_000);
    throw new Error("the connection broke");
  }
  await assert.rejects(first.append(0, cut()));
  const second = stagedFile(openStore(server.secretAccessKey), "staging/one/source");
  assert.equal(await second.size(), 50_000);
  await assert.rejects(second.append(0, inPieces(data, 1_000)), hasCode("CONFLICT"));
  assert.equal(await second.append(50_000, inPieces(data.subarray(50_000), 1 << 20)), data.length);
  assert.ok((await collect(first.read())).equals(data));
  await first.delete();
  assert.equal(await second.size(), 0);
});
