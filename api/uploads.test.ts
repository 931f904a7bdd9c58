import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Wallet } from "ethers";
import { freePort } from "../platform/embedded/free-port.js";
import { stagedFile } from "../platform/objects/staged-parts.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { stagingCipher } from "../crypto/sealed-staging.js";
import { unwrapStagingKey } from "../crypto/staging-key.js";
import { Role } from "../schema/market.js";
import { withApi, type Answer, type TestApi } from "../test/support/with-api.js";

let t: TestApi;
let token: string;
const provider = Wallet.createRandom();
const children: ChildProcess[] = [];

before(async () => {
  t = await withApi({ MAX_UPLOAD_BYTES: String(40 << 20) });
  await t.accredit(provider, Role.PROVIDER);
  token = await t.signIn(provider);
});
after(async () => {
  for (const child of children) child.kill("SIGKILL");
  await t.stop();
});

const code = (answer: Answer): string | undefined => answer.errors[0]?.extensions.code;
const input = (size: number | string): object => ({ size: String(size), region: 276, legalBasis: "consent", legalEvidenceHash: `0x${"ab".repeat(32)}` });
const createText = "mutation($input: UploadInput!) { createUpload(input: $input) { id status uploadUrl size received suite payee } }";

async function create(size: number): Promise<{ id: string; uploadUrl: string }> {
  const { data, errors } = await t.ask(createText, { input: input(size) }, token);
  assert.deepEqual(errors, []);
  return (data as unknown as { createUpload: { id: string; uploadUrl: string } }).createUpload;
}

const tus = (method: string, url: string, headers: Record<string, string> = {}, body?: Uint8Array<ArrayBuffer>): Promise<Response> =>
  fetch(url, { method, headers: { "tus-resumable": "1.0.0", authorization: `Bearer ${token}`, ...headers }, ...(body ? { body } : {}) });
const patch = (url: string, offset: number, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> =>
  tus("PATCH", url, { "content-type": "application/offset+octet-stream", "upload-offset": String(offset), ...headers }, bytes);
const offsetOf = async (url: string): Promise<number> => {
  const answer = await tus("HEAD", url);
  assert.equal(answer.status, 200);
  return Number(answer.headers.get("upload-offset"));
};

/** What a worker reads: the staged parts, decrypted. */
async function stored(id: string): Promise<Buffer> {
  const [row] = (await t.database.query("select staging_key from app.upload where id = $1", [id])) as { staging_key: Buffer }[];
  const cipher = stagingCipher(nodeBackend, unwrapStagingKey(nodeBackend, t.api.deps.keys.staging, id, row!.staging_key), 0);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stagedFile(t.api.deps.objects, `staging/${id}/source`).read()) chunks.push(cipher.update(chunk));
  return Buffer.concat(chunks);
}
const status = async (id: string): Promise<{ status: string; received: string }> =>
  ((await t.ask("query($id: ID!) { upload(id: $id) { status received } }", { id }, token)).data as unknown as { upload: { status: string; received: string } }).upload;
const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("only accredited providers may upload; sizes are held to their limits", async () => {
  const stranger = await t.signIn(Wallet.createRandom());
  assert.equal(code(await t.ask(createText, { input: input(10) })), "UNAUTHENTICATED");
  assert.equal(code(await t.ask(createText, { input: input(10) }, stranger)), "NOT_ACCREDITED");
  assert.equal(code(await t.ask(createText, { input: input(0) }, token)), "FILE_EMPTY");
  assert.equal(code(await t.ask(createText, { input: input((40 << 20) + 1) }, token)), "FILE_TOO_LARGE");
  assert.equal(code(await t.ask(createText, { input: input("-5") }, token)), "BAD_INPUT");
  assert.equal(code(await t.ask(createText, { input: { ...input(10), region: 1000 } }, token)), "BAD_INPUT");
  assert.equal(code(await t.ask(createText, { input: { ...input(10), legalEvidenceHash: "0x12" } }, token)), "BAD_INPUT");
  assert.equal(code(await t.ask(createText, { input: { ...input(10), payee: `0x${"00".repeat(20)}` } }, token)), "BAD_INPUT");
});

test("bytes sent in pieces arrive whole, encrypted, and wake the workers", async () => {
  const bytes = randomBytes(300_001);
  const { id, uploadUrl } = await create(bytes.length);
  assert.equal(await offsetOf(uploadUrl), 0);
  for (const [from, to] of [[0, 100_000], [100_000, 100_007], [100_007, 300_001]] as const) {
    const answer = await patch(uploadUrl, from, bytes.subarray(from, to));
    assert.equal(answer.status, 204, await answer.text());
    assert.equal(answer.headers.get("upload-offset"), String(to));
  }
  assert.deepEqual(await status(id), { status: "RECEIVED", received: "300001" });
  assert.equal(sha(await stored(id)), sha(bytes));
  for (const { key } of await t.api.deps.objects.list(`staging/${id}/`)) {
    const parts: Uint8Array[] = [];
    for await (const chunk of (await t.api.deps.objects.get(key)).body) parts.push(chunk);
    assert.ok(!Buffer.concat(parts).includes(bytes.subarray(0, 32)), "no plain bytes in the store");
  }
  const activity = (await t.database.query("select payload->>'status' as status from app.activity where upload_id = $1 order by seq", [id])) as { status: string }[];
  assert.deepEqual(activity.map((row) => row.status), ["CREATED", "CREATED", "CREATED", "RECEIVED"]);
  const job = await t.api.deps.queues.queue("ingest").getJob(`ingest-${id}`);
  assert.deepEqual(job?.data, { uploadId: id });
  assert.equal((await patch(uploadUrl, 300_001, new Uint8Array(1))).status, 413);
});

test("wrong offsets, too many bytes, other methods and other people are refused with codes", async () => {
  const { uploadUrl } = await create(100);
  const refused = async (answer: Response): Promise<[number, string]> => [answer.status, ((await answer.json()) as { code: string }).code];
  assert.deepEqual(await refused(await patch(uploadUrl, 5, new Uint8Array(10))), [409, "CONFLICT"]);
  assert.deepEqual(await refused(await patch(uploadUrl, 0, new Uint8Array(101))), [413, "FILE_TOO_LARGE"]);
  assert.deepEqual(await refused(await tus("DELETE", uploadUrl)), [400, "BAD_INPUT"]);
  assert.deepEqual(await refused(await tus("POST", uploadUrl.replace(/[^/]+$/, ""), { "upload-length": "5" })), [400, "BAD_INPUT"]);
  assert.deepEqual(await refused(await patch(uploadUrl.replace(/[^/]+$/, "nothing"), 0, new Uint8Array(1))), [400, "BAD_INPUT"]);
  assert.deepEqual(await refused(await patch(uploadUrl, 0, new Uint8Array(1), { authorization: "" })), [401, "UNAUTHENTICATED"]);
  const other = Wallet.createRandom();
  const otherToken = await t.signIn(other);
  assert.deepEqual(await refused(await patch(uploadUrl, 0, new Uint8Array(1), { authorization: `Bearer ${otherToken}` })), [404, "NOT_FOUND"]);
  assert.equal((await tus("HEAD", uploadUrl, { authorization: `Bearer ${otherToken}` })).status, 404);
  assert.equal(await offsetOf(uploadUrl), 0);
});

test("a chunked body longer than what was announced is cut off, and what fits stays", async () => {
  const { id, uploadUrl } = await create(1000);
  const answer = await new Promise<number>((resolve) => {
    const headers = { "tus-resumable": "1.0.0", authorization: `Bearer ${token}`, "content-type": "application/offset+octet-stream", "upload-offset": "0", "transfer-encoding": "chunked" };
    const request = httpRequest(uploadUrl, { method: "PATCH", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", () => resolve(-1));
    request.write(randomBytes(600));
    request.end(randomBytes(600));
  });
  assert.equal(answer, 413);
  const { status: now } = await status(id);
  assert.notEqual(now, "RECEIVED");
});

/** Starts the api as a process of its own, over the same services. */
async function spawnApi(): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const child = spawn(process.execPath, [main], { env: { PATH: process.env["PATH"] ?? "", ...t.env, PORT: String(port), LOG_LEVEL: "info" }, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (status) => reject(new Error(`the api ended with ${status}`)));
    child.stdout!.on("data", (text: Buffer) => text.includes('"ready"') && resolve());
  });
  return { url: `http://127.0.0.1:${port}`, child };
}

test("an upload goes on at another api after the first was killed in the middle of a request", async () => {
  const bytes = randomBytes(30 << 20);
  const { id } = await create(bytes.length);
  const first = await spawnApi();
  const at = (url: string): string => `${url}/uploads/${id}`;
  await new Promise<void>((resolve) => {
    const headers = {
      "tus-resumable": "1.0.0", authorization: `Bearer ${token}`, "content-type": "application/offset+octet-stream", "upload-offset": "0", "content-length": String(bytes.length),
    };
    const request = httpRequest(at(first.url), { method: "PATCH", headers });
    request.on("error", () => resolve());
    request.write(bytes.subarray(0, 20 << 20), () => void waitForParts().then(() => first.child.kill("SIGKILL")));
  });
  async function waitForParts(): Promise<void> {
    // The first part is in the store: the kill hits the middle.
    for (const end = Date.now() + 20_000; Date.now() < end && (await t.api.deps.objects.list(`staging/${id}/source/`)).length === 0; ) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // Its connection to Postgres ends with it, and with that its lock.
  const second = await spawnApi();
  const offset = await offsetOf(at(second.url));
  assert.ok(offset > 0 && offset < bytes.length, `resumes at ${offset}`);
  const answer = await patch(at(second.url), offset, bytes.subarray(offset));
  assert.equal(answer.status, 204, await answer.text());
  assert.deepEqual(await status(id), { status: "RECEIVED", received: String(bytes.length) });
  assert.equal(sha(await stored(id)), sha(bytes));
  second.child.kill("SIGTERM");
});

test("bytes that were all stored before a kill are received by the next HEAD", async () => {
  const bytes = randomBytes(5000);
  const { id, uploadUrl } = await create(bytes.length);
  const [row] = (await t.database.query("select staging_key from app.upload where id = $1", [id])) as { staging_key: Buffer }[];
  const cipher = stagingCipher(nodeBackend, unwrapStagingKey(nodeBackend, t.api.deps.keys.staging, id, row!.staging_key), 0);
  await stagedFile(t.api.deps.objects, `staging/${id}/source`).append(0, (async function* () { yield cipher.update(bytes); })());
  assert.equal((await status(id)).status, "CREATED");
  assert.equal(await offsetOf(uploadUrl), bytes.length);
  assert.deepEqual(await status(id), { status: "RECEIVED", received: "5000" });
});

test("a client that comes back takes the lock from its own dead request, also at another api", async () => {
  const bytes = randomBytes(200_000);
  const { id, uploadUrl } = await create(bytes.length);
  const hang = (): Promise<void> =>
    new Promise((resolve) => {
      const headers = { "tus-resumable": "1.0.0", authorization: `Bearer ${token}`, "content-type": "application/offset+octet-stream", "upload-offset": "0", "content-length": String(bytes.length) };
      const request = httpRequest(uploadUrl, { method: "PATCH", headers });
      request.on("error", () => undefined);
      request.write(bytes.subarray(0, 50_000), () => resolve()); // and never ends
    });
  await hang();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const other = await spawnApi();
  const url = `${other.url}/uploads/${id}`;
  const offset = await offsetOf(url);
  assert.equal(offset, 50_000);
  assert.equal((await patch(url, offset, bytes.subarray(offset))).status, 204);
  assert.equal(sha(await stored(id)), sha(bytes));
  other.child.kill("SIGTERM");
});

test("withdrawing destroys keys and bytes; only the owner can, and not after the consent", async () => {
  const { id, uploadUrl } = await create(1000);
  await patch(uploadUrl, 0, randomBytes(500));
  const withdraw = "mutation($id: ID!) { withdrawUpload(id: $id) { status } }";
  assert.equal(code(await t.ask(withdraw, { id }, await t.signIn(Wallet.createRandom()))), "NOT_FOUND");
  assert.deepEqual((await t.ask(withdraw, { id }, token)).data, { withdrawUpload: { status: "WITHDRAWN" } });
  assert.deepEqual((await t.ask(withdraw, { id }, token)).data, { withdrawUpload: { status: "WITHDRAWN" } });
  assert.deepEqual(await t.api.deps.objects.list(`staging/${id}/`), []);
  assert.deepEqual(await t.database.query("select staging_key from app.upload where id = $1", [id]), [{ staging_key: null }]);
  assert.equal((await patch(uploadUrl, 500, randomBytes(500))).status, 409);
  const later = await create(10);
  await t.database.query("update app.upload set status = 'CONSENTED' where id = $1", [later.id]);
  assert.equal(code(await t.ask(withdraw, { id: later.id }, token)), "CONFLICT");
});
