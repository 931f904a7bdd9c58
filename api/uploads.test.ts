import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Wallet } from "ethers";
import { createClient, uploadFile } from "../client/index.js";
import { freePort } from "../platform/embedded/free-port.js";
import { stagedFile } from "../platform/objects/staged-parts.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { maxSealedEvidenceBytes, sealEvidence } from "../crypto/legal-evidence.js";
import { stagingCipher } from "../crypto/sealed-staging.js";
import { unwrapStagingKey } from "../crypto/staging-key.js";
import { Role } from "../schema/market.js";
import type { UploadLimits } from "./uploads/quota.js";
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
const input = (size: number | string): object => ({ size: String(size), region: 276, legalBasis: "CONSENT", legalEvidenceHash: `0x${"ab".repeat(32)}` });
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

test("the checksum extension: what does not match is not kept, what matches is; unknown algorithms are refused", async () => {
  const options = await fetch(`${t.url}/uploads/x`, { method: "OPTIONS" });
  assert.match(options.headers.get("tus-extension") ?? "", /\bchecksum\b/);
  assert.equal(options.headers.get("tus-checksum-algorithm"), "sha256,sha1");
  const bytes = randomBytes(70_000);
  const { id, uploadUrl } = await create(bytes.length);
  const sum = (algorithm: string, of: Uint8Array): { "upload-checksum": string } => ({ "upload-checksum": `${algorithm} ${createHash(algorithm).update(of).digest("base64")}` });
  const half = bytes.subarray(0, 40_000);
  const wrong = await patch(uploadUrl, 0, half, sum("sha256", bytes));
  assert.deepEqual([wrong.status, ((await wrong.json()) as { code: string; retryable: boolean })], [460, { code: "CHECKSUM_MISMATCH", message: "The bytes are not those that the checksum is of: send them again.", retryable: true }]);
  assert.deepEqual([await offsetOf(uploadUrl), await t.api.deps.objects.list(`staging/${id}/`)], [0, []], "nothing of it was kept");
  assert.equal((await patch(uploadUrl, 0, half, sum("sha256", half))).status, 204);
  for (const header of ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 abc", "sha1 1B2M2Y8AsgTpgAmY7PhCfg=="]) assert.equal((await patch(uploadUrl, 40_000, bytes.subarray(40_000), { "upload-checksum": header })).status, 400, header);
  const rest = bytes.subarray(40_000);
  assert.equal((await patch(uploadUrl, 40_000, rest, sum("sha1", rest))).status, 204);
  assert.equal(sha(await stored(id)), sha(bytes));
  const long = await create(9 << 20);
  assert.equal((await patch(long.uploadUrl, 0, new Uint8Array(9 << 20), sum("sha256", new Uint8Array(9 << 20)))).status, 413, "such a request is at most a part long");
  assert.equal(await offsetOf(long.uploadUrl), 0);
});

test("what the way changes is noticed and sent again: the client gives each request its checksum, from memory, from a file and from a stream", async () => {
  const bytes = randomBytes(100_000);
  const file = join(tmpdir(), `galen-upload-${process.pid}`);
  writeFileSync(file, bytes);
  let answers: number[] = [];
  // A way on which the second request's first byte is changed.
  const way = createServer((request, response) => {
    void (async () => {
      const parts: Uint8Array[] = [];
      for await (const part of request as AsyncIterable<Uint8Array>) parts.push(part);
      const body = Buffer.concat(parts);
      if (request.method === "PATCH" && answers.length === 1) body[0] = (body[0] ?? 0) ^ 1;
      const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers as Record<string, string>;
      const answer = await fetch(`${t.url}${request.url}`, { method: request.method ?? "", headers, ...(body.length > 0 ? { body } : {}) });
      if (request.method === "PATCH") answers.push(answer.status);
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  await once(way.listen(0, "127.0.0.1"), "listening");
  const through = `http://127.0.0.1:${(way.address() as AddressInfo).port}`;
  try {
    for (const body of [bytes, { stream: createReadStream(file), size: bytes.length }, { stream: Readable.from([bytes.subarray(0, 60_000), bytes.subarray(60_000)], { objectMode: false }), size: bytes.length }]) {
      answers = [];
      const { id, uploadUrl } = await create(bytes.length);
      await uploadFile(createClient({ apiUrl: t.url, token }), { uploadUrl: uploadUrl.replace(t.url, through), body, chunkBytes: 30_000 });
      assert.deepEqual([answers.filter((each) => each === 460).length, answers.filter((each) => each === 204).length], [1, 4]);
      assert.equal(sha(await stored(id)), sha(bytes));
    }
  } finally {
    way.closeAllConnections();
    way.close();
    rmSync(file);
  }
});

test("one long request tells its progress while it runs", async () => {
  const bytes = randomBytes(24 << 20);
  const { id, uploadUrl } = await create(bytes.length);
  const headers = { "tus-resumable": "1.0.0", authorization: `Bearer ${token}`, "content-type": "application/offset+octet-stream", "upload-offset": "0", "content-length": String(bytes.length) };
  const request = httpRequest(uploadUrl, { method: "PATCH", headers });
  const answered = once(request, "response");
  request.write(bytes.subarray(0, 12 << 20));
  let received = 0;
  for (let sent = 12 << 20; received === 0 && sent < bytes.length; sent += 65_536) {
    request.write(bytes.subarray(sent, sent + 65_536));
    await new Promise((resolve) => setTimeout(resolve, 50));
    received = Number((await status(id)).received);
    if (received > 0) request.end(bytes.subarray(sent + 65_536));
  }
  assert.ok(received >= 8 << 20 && received < bytes.length, `${received} bytes were told of before the end`);
  const [response] = (await answered) as [IncomingMessage];
  assert.equal(response.statusCode, 204);
  assert.deepEqual(await status(id), { status: "RECEIVED", received: String(bytes.length) });
});

test("quotas of a provider: bytes and uploads in 24 hours, and uploads at once; each refusal says what is left, and when there is more", async () => {
  const hospital = Wallet.createRandom();
  await t.accredit(hospital, Role.PROVIDER);
  const own = await t.signIn(hospital);
  const deps = t.api.deps as { uploadQuota: UploadLimits };
  const usual = deps.uploadQuota;
  const begin = (size: number): Promise<Answer> => t.ask(createText, { input: input(size) }, own);
  const details = (answer: Answer): unknown => [code(answer), answer.errors[0]?.extensions.retryable, answer.errors[0]?.extensions.details];
  try {
    deps.uploadQuota = { bytesPerDay: 1_000, uploadsPerDay: 4, atOnce: 2 };
    // Five at once find room for two: no two share the last room.
    const answers = await Promise.all([300, 300, 300, 300, 300].map(begin));
    assert.deepEqual(answers.map(code).sort(), ["QUOTA_EXCEEDED", "QUOTA_EXCEEDED", "QUOTA_EXCEEDED", undefined, undefined]);
    assert.deepEqual(details(await begin(1)), ["QUOTA_EXCEEDED", true, { quota: "UPLOADS_AT_ONCE", limit: 2, left: "0", retryAfterSeconds: null }]);
    await t.database.query("update app.upload set status = 'STORED', created_at = now() - interval '23 hours' where owner = $1", [hospital.address.toLowerCase()]);
    const refused = details(await begin(401)) as [string, boolean, { quota: string; left: string; retryAfterSeconds: number }];
    assert.deepEqual([refused[0], refused[2].quota, refused[2].left], ["QUOTA_EXCEEDED", "UPLOAD_BYTES_PER_DAY", "400"]);
    assert.ok(refused[2].retryAfterSeconds > 3_500 && refused[2].retryAfterSeconds <= 3_600, "when the oldest leave the window");
    assert.equal((details(await begin(1_001)) as [string, boolean, { retryAfterSeconds: null }])[2].retryAfterSeconds, null, "waiting does not help");
    const [one, two] = [await begin(399), await begin(1)];
    assert.deepEqual([code(one), code(two)], [undefined, undefined]);
    const quota = "{ uploadQuota { bytesPerDay bytesLeft uploadsPerDay uploadsLeft atOnce atOnceLeft } }";
    assert.deepEqual((await t.ask(quota, {}, own)).data, { uploadQuota: { bytesPerDay: "1000", bytesLeft: "0", uploadsPerDay: 4, uploadsLeft: 0, atOnce: 2, atOnceLeft: 0 } });
    // What was taken back before it came is given back.
    const { id } = (one.data as unknown as { createUpload: { id: string } }).createUpload;
    await t.ask("mutation($id: ID!) { withdrawUpload(id: $id) { id } }", { id }, own);
    assert.equal((details(await begin(399)) as [string, boolean, { quota: string }])[2].quota, "UPLOADS_PER_DAY");
    deps.uploadQuota = { bytesPerDay: 1_000, uploadsPerDay: 0, atOnce: 0 };
    assert.equal(code(await begin(399)), undefined);
    assert.deepEqual(((await t.ask(quota, {}, own)).data as unknown as { uploadQuota: { uploadsLeft: number | null } }).uploadQuota.uploadsLeft, null);
  } finally {
    deps.uploadQuota = usual;
  }
  assert.equal(code(await t.ask(createText, { input: input(10) }, token)), undefined, "another provider's quota is its own");
});

test("the document that shows the legal basis: bounded, of a known type, with the hash that was named, the owner's alone to send, and staged encrypted", async () => {
  const document = Buffer.from("The ethics committee approved it. ".repeat(10));
  const { sealed, hash } = sealEvidence(nodeBackend, document);
  const begin = async (legalEvidenceHash: string): Promise<{ id: string; evidenceUrl: string }> =>
    (((await t.ask("mutation($input: UploadInput!) { createUpload(input: $input) { id evidenceUrl } }", { input: { ...input(10), legalBasis: "ETHICS_APPROVAL", legalEvidenceHash } }, token)).data) as unknown as { createUpload: { id: string; evidenceUrl: string } }).createUpload;
  const { id, evidenceUrl } = await begin(hash);
  const put = async (url: string, body: Uint8Array, headers: Record<string, string> = { authorization: `Bearer ${token}` }): Promise<[number, string]> => {
    const answer = await fetch(url, { method: "PUT", headers, body: new Uint8Array(body) });
    return [answer.status, answer.status === 204 ? "" : ((await answer.json()) as { code: string }).code];
  };
  assert.deepEqual(await put(evidenceUrl, sealed, {}), [401, "UNAUTHENTICATED"]);
  assert.deepEqual(await put(evidenceUrl, sealed, { authorization: `Bearer ${await t.signIn(Wallet.createRandom())}` }), [404, "NOT_FOUND"]);
  assert.deepEqual(await put(evidenceUrl, document), [400, "COMMITMENT_MISMATCH"]);
  assert.deepEqual(await put(evidenceUrl, sealed.subarray(0, 32)), [400, "FILE_EMPTY"]);
  assert.deepEqual(await put(evidenceUrl, new Uint8Array(maxSealedEvidenceBytes + 1)), [413, "LIMIT_EXCEEDED"]);
  const binary = sealEvidence(nodeBackend, Buffer.from([0xff, 0xd8, 0, 1]));
  assert.deepEqual(await put((await begin(binary.hash)).evidenceUrl, binary.sealed), [400, "FORMAT_UNKNOWN"]);
  assert.equal((await fetch(evidenceUrl, { headers: { authorization: `Bearer ${token}` } })).status, 400);
  for (let i = 0; i < 2; i++) assert.deepEqual(await put(evidenceUrl, sealed), [204, ""], "twice is as once");
  const shown = await t.ask("query($id: ID!) { upload(id: $id) { legalBasis legalEvidenceHash legalEvidence { basis mediaType size stored } } }", { id }, token);
  assert.deepEqual(shown.data, { upload: { legalBasis: "ETHICS_APPROVAL", legalEvidenceHash: hash, legalEvidence: { basis: "ETHICS_APPROVAL", mediaType: "text/plain", size: String(sealed.length), stored: false } } });
  const objects = await t.api.deps.objects.list(`staging/${id}/`);
  assert.equal(objects.length, 1);
  for await (const chunk of (await t.api.deps.objects.get(objects[0]!.key)).body) assert.ok(!Buffer.from(chunk).includes("ethics"));
  await t.database.query("update app.upload set status = 'RECEIVED' where id = $1", [id]);
  assert.deepEqual(await put(evidenceUrl, sealed), [409, "CONFLICT"]);
  assert.notEqual(sealEvidence(nodeBackend, document).hash, hash, "the same document of another listing cannot be recognised");
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
