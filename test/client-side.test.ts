import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import {
  consentSigner, fetchDelivery, openDelivery, operations, prepareRecord, publish, purchase, recheckRecord, sealEvidence, sendEvidence, sendStatement,
  uploadFile, vote, waitForGrant, waitForListing, waitForOrder, waitForUpload, type Contracts, type PreparedRecord, type SealedStore, type ToldRecord,
} from "../client/index.js";
import { runCommand } from "../cli/demo/command.js";
import { openProfile } from "../cli/user/profile.js";
import { nodeBackend } from "../crypto/backend/node.js";
import { clientStatementDigest } from "../crypto/client-statement.js";
import { openKeyring } from "../crypto/custody/keyring-node.js";
import { nodeCrypto } from "../crypto/node.js";
import { bytesSource, collect } from "../records/index.js";
import { AppError } from "../schema/errors.js";
import { encrypt } from "../workers/jobs/encrypt.js";
import { ingest } from "../workers/jobs/ingest.js";
import { price } from "../workers/jobs/price.js";
import { store } from "../workers/jobs/store.js";
import { publishCustody } from "../workers/publish-custody.js";
import { loadCommittedModel, predict } from "../ml-model/predict.js";
import { dumpObjects, dumpPostgres, dumpRedis, forms } from "./support/dumps.js";
import { noteSample } from "./support/note-sample.js";
import { recordingProxy, type RecordingProxy } from "./support/recording-proxy.js";
import { tradingPeople, type TradingPeople, type TradingPerson } from "./support/trading-people.js";
import { withApi, type TestApi } from "./support/with-api.js";
import { samples, table } from "./support/workers/samples.js";
import { until, workerProcess, type WorkerProcess } from "./support/workers/worker-process.js";

let t: TestApi;
let proxy: RecordingProxy;
let contracts: Contracts;
let workers: WorkerProcess | undefined;
let workersEnv: Readonly<Record<string, string>>;
let wallets: TradingPeople["wallets"];
let clients: TradingPeople["clients"];
let identities: TradingPeople["identities"];
const secret = new Uint8Array(randomBytes(32));
let recipient: string;
/** Stands in each source, where de-identification drops it. */
const canary = "Wolkensteincanary";
/** Is sent in a malformed statement, and must be neither kept nor repeated. */
const planted = "Zwillingscanary";

before(async () => {
  proxy = await recordingProxy();
  t = await withApi({ PUBLIC_URL: proxy.url });
  proxy.lead(Number(new URL(t.url).port));
  workersEnv = t.workersEnv;
  await publishCustody(t.database, await keys());
  ({ wallets, clients, identities, contracts } = await tradingPeople(t, proxy.url));
  ({ recipient } = (await clients.provider.request(operations.custodyRecipient, {})).custodyRecipient);
});
after(async () => {
  await workers?.stop();
  contracts.provider.destroy();
  await t.stop();
  await proxy.stop();
});

async function keys() {
  const keyring = await openKeyring(workersEnv["KEYRING_FILE"] ?? "");
  return nodeCrypto.createKeyWrapper(nodeCrypto.keyringKek(() => keyring), () => keyring.identities);
}
const withCode = (code: string, about = "") => (error: unknown) => error instanceof AppError && error.code === code && error.message.includes(about) && !error.message.includes(planted);

class Memory implements SealedStore {
  bytes = new Uint8Array(0);
  async write(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    this.bytes = new Uint8Array(await collect(bytes));
  }
  open(): AsyncIterable<Uint8Array> {
    return bytesSource(this.bytes)();
  }
}

interface Made { id: string; uploadUrl: string; prepared: PreparedRecord; payload: Uint8Array }

/** De-identifies and encrypts here, and opens an upload with its evidence. */
async function make(source: Uint8Array): Promise<Made> {
  const sealed = new Memory();
  const prepared = await prepareRecord(nodeBackend, bytesSource(source), { store: sealed, custody: { recipient }, secret });
  const evidence = sealEvidence(nodeBackend, Buffer.from("The patients' consent"));
  const input = { size: String(prepared.storedSize), region: 276, legalBasis: "CONSENT" as const, legalEvidenceHash: evidence.hash, mode: "CLIENT_SIDE" as const };
  const { createUpload: made } = await clients.provider.request(operations.createUpload, { input });
  assert.equal(made.mode, "CLIENT_SIDE");
  await sendEvidence(clients.provider, made.evidenceUrl, evidence.sealed);
  return { id: made.id, uploadUrl: made.uploadUrl, prepared, payload: sealed.bytes };
}
const sign = (data: unknown): Promise<string> => consentSigner(wallets.provider)(data);
const send = (made: Made, prepared: unknown = made.prepared): Promise<void> => sendStatement(clients.provider, sign, made.id, prepared as PreparedRecord);
const sendBytes = (made: Made, bytes = made.payload): Promise<void> => uploadFile(clients.provider, { uploadUrl: made.uploadUrl, body: bytes });
const statusOf = async (id: string): Promise<string> => ((await t.database.query("select status from app.upload where id = $1", [id])) as { status: string }[])[0]?.status ?? "";

/** The jobs in this process, on the same services. */
async function jobs() {
  const model = await loadCommittedModel();
  const { database, objects, keys: apiKeys } = t.api.deps;
  const deps = { database, objects, stagingKey: apiKeys.staging, dedupKey: new Uint8Array(32), maxBytes: 50_000_000, fileKeys: await keys(), signingKey: () => new Uint8Array(32).fill(7), predict: (input: Parameters<typeof predict>[1]) => Promise.resolve(predict(model, input)) };
  return { deps, ingest: ingest(deps), all: [["CHECKED", ingest(deps)], ["PRICED", price(deps)], ["ENCRYPTED", encrypt(deps)], ["STORED", store(deps)]] as const };
}

test("every kind of record makes a statement that the platform's schema takes", async () => {
  const noted = [["note", noteSample.text], ["note as PDF", noteSample.pdf]] as const;
  for (const [, bytes] of noted) await assert.rejects(prepareRecord(nodeBackend, bytesSource(bytes), { store: new Memory(), custody: { recipient }, secret }), withCode("DEIDENTIFICATION_REFUSED", "--notes"));
  for (const { name, bytes } of [...samples, ...noted.map(([name, bytes]) => ({ name, bytes }))]) {
    const { statement } = await prepareRecord(nodeBackend, bytesSource(bytes), { store: new Memory(), custody: { recipient }, secret, notes: true });
    assert.ok(statement.report.records > 0 && statement.checks.every(({ name: check, outcome }) => outcome === "PASSED" || check === "completeness"), name);
  }
  const again = await prepareRecord(nodeBackend, bytesSource(table(40)), { store: new Memory(), custody: { recipient }, secret });
  const same = await prepareRecord(nodeBackend, bytesSource(table(40)), { store: new Memory(), custody: { recipient }, secret });
  const others = await prepareRecord(nodeBackend, bytesSource(table(40)), { store: new Memory(), custody: { recipient }, secret: new Uint8Array(32) });
  assert.equal(again.statement.contentHash, same.statement.contentHash, "the same content of the same provider");
  assert.notEqual(again.statement.contentHash, others.statement.contentHash, "and of nobody else");
  assert.notEqual(again.deidentifiedSha256, same.deidentifiedSha256, "pseudonyms and shifts are of the job alone");
});

test("the API refuses a statement that is malformed, not signed, or does not fit, and repeats nothing of it", async () => {
  const made = await make(table(41, canary));
  const { statement } = made.prepared;
  const cases: [string, unknown][] = [
    ["statement.report", { ...made.prepared, statement: { ...statement, report: { ...statement.report, [planted]: planted } } }],
    ["statement.profile.modalities.0", { ...made.prepared, statement: { ...statement, profile: { ...statement.profile, modalities: [planted] } } }],
    ["statement.checks.0", { ...made.prepared, statement: { ...statement, checks: [...statement.checks].reverse() } }],
    ["plainSize", { ...made.prepared, statement: { ...statement, commitments: { ...statement.commitments, plainSize: statement.commitments.plainSize - 1 } } }],
    ["storedSize", { ...made.prepared, statement: { ...statement, commitments: { ...statement.commitments, storedSize: 999 } } }],
    ["suite", { ...made.prepared, statement: { ...statement, suite: "age-v1/x25519" } }],
    ["keyHeaderHash", { ...made.prepared, keyHeader: Buffer.from("age-encryption.org/v1\n").toString("base64") }],
  ];
  for (const [about, wrong] of cases) await assert.rejects(send(made, wrong), withCode("STATEMENT_INVALID", about), about);
  await assert.rejects(sendStatement(clients.provider, (data) => consentSigner(wallets.buyer)(data), made.id, made.prepared), withCode("STATEMENT_INVALID", "signature"));
  await assert.rejects(sendStatement(clients.buyer, sign, made.id, made.prepared), withCode("CONFLICT"));
  await assert.rejects(clients.provider.request(operations.createUpload, { input: { size: "20", region: 276, legalBasis: "LAW", legalEvidenceHash: statement.contentHash, mode: "CLIENT_SIDE" } }), withCode("BAD_INPUT", "size"));
  await send(made);
  await send(made);
  await assert.rejects(send(made, { ...made.prepared, statement: { ...statement, contentHash: `0x${"12".repeat(32)}` } }), withCode("CONFLICT", "Another statement"));
  await sendBytes(made);
  await assert.rejects(send(made), withCode("CONFLICT", "RECEIVED"));
});

test("the workers refuse what does not fit the signature, without opening it", async () => {
  const work = await jobs();
  const refused = async (source: Uint8Array, code: string, about: string, change: (made: Made) => Promise<{ prepared?: unknown; payload?: Uint8Array }>, withStatement = true): Promise<string> => {
    const made = await make(source);
    const { prepared = made.prepared, payload = made.payload } = await change(made);
    if (withStatement) await send(made, prepared);
    await sendBytes(made, payload);
    for (let i = 0; i < 2; i++) await assert.rejects(work.ingest({ uploadId: made.id }), withCode(code, about), about);
    assert.equal(await statusOf(made.id), "RECEIVED");
    return made.id;
  };
  const other = await prepareRecord(nodeBackend, bytesSource(table(61)), { store: new Memory(), custody: identities.buyer, secret });
  const changed = (made: Made, statement: object): { prepared: unknown } => ({ prepared: { ...made.prepared, statement: { ...made.prepared.statement, ...statement } } });
  await refused(table(60), "STATEMENT_INVALID", "ciphertextRoot", (made) => Promise.resolve({ payload: made.payload.map((byte, at) => (at === 500 ? byte ^ 1 : byte)) }));
  await refused(table(61), "STATEMENT_INVALID", "keyHeader", (made) => Promise.resolve({ prepared: { ...(changed(made, { keyHeaderHash: other.statement.keyHeaderHash }).prepared as object), keyHeader: other.keyHeader } }));
  await refused(table(62), "STATEMENT_INVALID", "keyCommitment", (made) => Promise.resolve(changed(made, { commitments: { ...made.prepared.statement.commitments, plaintextRoot: `0x${"00".repeat(32)}` } })));
  await refused(table(63), "RULES_UNKNOWN", "", (made) => Promise.resolve(changed(made, { report: { ...made.prepared.statement.report, rulesHash: "00".repeat(32) } })));
  await refused(table(64), "STATEMENT_INVALID", "none was sent", () => Promise.resolve({}), false);
  const [residual, ...rest] = (await make(table(65))).prepared.statement.checks;
  const failed = await refused(table(66), "CHECK_FAILED", "residual-identifiers", (made) => Promise.resolve(changed(made, { checks: [{ ...residual, outcome: "FAILED" }, ...rest] })));
  const rows = (await t.database.query("select name, attested_by, outcome from app.check_result where upload_id = $1 order by name", [failed])) as { name: string; attested_by: string; outcome: string }[];
  assert.deepEqual(rows.map(({ name, attested_by, outcome }) => `${name} ${outcome} ${attested_by}`), [
    "completeness PASSED PROVIDER", "exact-duplicate UNAVAILABLE PLATFORM", "format-conformance PASSED PROVIDER", "legal-evidence PASSED PLATFORM", "near-duplicate UNAVAILABLE PLATFORM",
    "residual-identifiers FAILED PROVIDER", "sealed-payload PASSED PLATFORM",
  ]);
});

test("what is spoilt in the store after it was checked is not taken", async () => {
  const work = await jobs();
  const made = await make(table(68));
  await send(made);
  await sendBytes(made);
  for (const [, job] of work.all.slice(0, 2)) await job({ uploadId: made.id });
  const { objects } = t.api.deps;
  const [part] = await objects.list(`staging/${made.id}/source`);
  const bytes = (await collect((await objects.get(part?.key ?? "")).body)).slice();
  bytes[300] = (bytes[300] ?? 0) ^ 1;
  await objects.put(part?.key ?? "", bytesSource(bytes)());
  await assert.rejects(work.all[2][1]({ uploadId: made.id }), withCode("STATEMENT_INVALID", "ciphertextRoot"));
  assert.deepEqual([await statusOf(made.id), (await objects.list(`staging/${made.id}/payload`)).length], ["PRICED", 0]);
});

test("every step, each twice and twice at once, has one effect; the same content of the provider is refused; a copied ciphertext is told", async () => {
  const work = await jobs();
  const made = await make(table(70, canary));
  await send(made);
  await sendBytes(made);
  const row = async (): Promise<Record<string, unknown>> => ((await t.database.query("select * from app.upload where id = $1", [made.id])) as Record<string, unknown>[])[0] ?? {};
  for (const [status, job] of work.all) {
    await Promise.all([job({ uploadId: made.id }), job({ uploadId: made.id })]);
    const first = await row();
    assert.equal(first["status"], status);
    await job({ uploadId: made.id });
    assert.deepEqual(await row(), first);
  }
  assert.deepEqual((await t.api.deps.objects.list(`staging/${made.id}/`)).length, 0, "nothing staged is left, and no wrapped key");
  assert.equal((await row())["deidentified_sha256"], null);
  const [said] = (await t.database.query("select body, digest from app.client_statement where upload_id = $1", [made.id])) as { body: unknown; digest: string }[];
  assert.equal(clientStatementDigest(said?.body), said?.digest, "what was signed can be shown");
  const again = await make(table(70, canary));
  await send(again);
  await sendBytes(again);
  await assert.rejects(work.ingest({ uploadId: again.id }), withCode("DUPLICATE_CONTENT"));
  const { createUpload: copy } = await clients.provider.request(operations.createUpload, { input: { size: String(made.payload.length), region: 276, legalBasis: "CONSENT", legalEvidenceHash: `0x${"ab".repeat(32)}`, mode: "CLIENT_SIDE" } });
  const copied = { ...made, id: copy.id, uploadUrl: copy.uploadUrl, prepared: { ...made.prepared, statement: { ...made.prepared.statement, contentHash: `0x${"cd".repeat(32)}` } } };
  await send(copied);
  await sendBytes(copied);
  await assert.rejects(work.ingest({ uploadId: copied.id }), withCode("CHECK_FAILED", "legal-evidence"));
  const [told] = (await t.database.query("select outcome from app.check_result where upload_id = $1 and name = 'exact-duplicate'", [copied.id])) as { outcome: string }[];
  assert.equal(told?.outcome, "FAILED");
});

test("a client-side record is audited, sold, delivered and opened; its source never leaves the client, whatever breaks and is killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galen-client-side-"));
  const inFolder = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const source = table(3_000, canary);
  const command = ["provider", "upload", inFolder("observations.csv", source), "--client-side", "--legal-basis", "consent", "--evidence", inFolder("form.txt", "The patients' consent"), "--json", "--api", proxy.url, "--profile", join(folder, "profile")];
  openProfile(join(folder, "profile")).create({ privateKey: wallets.provider.privateKey, ...identities.provider, ringSecret: `0x${"11".repeat(32)}` });
  const never = new AbortController().signal;
  const kept = join(folder, "profile", "client-side");
  const keptFiles = (): string[] => (existsSync(kept) ? readdirSync(kept, { recursive: true, encoding: "utf8" }).sort() : []);

  // The command is killed in the middle of the file, and again when it went on.
  for (let kill = 0, resume: string[] = []; kill < 2; kill++, resume = ["--resume", keptFiles()[0] ?? ""]) {
    const cut = new AbortController();
    void proxy.breakAfter(60_000).then(() => cut.abort());
    await assert.rejects(runCommand([...command, ...resume], { signal: never, cut: cut.signal }));
    assert.ok(cut.signal.aborted, "it was killed while it sent");
    const [name = "", ...files] = keptFiles();
    assert.deepEqual(files.map((file) => file.slice(name.length + 1)), ["evidence", "payload", "prepared.json"]);
    assert.ok(files.every((file) => !readFileSync(join(kept, file)).includes(canary)), "what waits here is encrypted, too");
    assert.equal(await statusOf(name), "CREATED");
  }
  const [uploadId = ""] = keptFiles();
  const made = { prepared: JSON.parse(readFileSync(join(kept, uploadId, "prepared.json"), "utf8")) as PreparedRecord, payload: readFileSync(join(kept, uploadId, "payload")) };
  workers = await workerProcess({ ...workersEnv, LOG_LEVEL: "trace" });
  let output = "";
  const sent = runCommand([...command, "--resume", uploadId], { signal: never });
  // And the workers twice, while they are at it.
  for (let kill = 0; kill < 2; kill++) {
    await until("the workers to begin", async () => (await statusOf(uploadId)) !== "CREATED");
    await new Promise((resolve) => setTimeout(resolve, 150));
    await workers.kill();
    output += workers.output();
    workers = await workerProcess({ ...workersEnv, LOG_LEVEL: "trace" });
  }
  const [done] = (await sent) as { id: string; deidentifiedSha256: string }[];
  assert.deepEqual([done?.id, done?.deidentifiedSha256, keptFiles()], [uploadId, made.prepared.deidentifiedSha256, []], "nothing is left here");
  const { report } = await waitForUpload(clients.provider, uploadId, ["STORED"], { timeoutMs: 60_000 });
  assert.deepEqual(report, made.prepared.statement.report);
  const records = (await t.database.query("select count(*)::int as keys from app.record_key where record_id = $1", [uploadId])) as { keys: number }[];
  assert.equal(records[0]?.keys, 1);

  await publish(clients.provider, sign, { uploadId, price: 4_000_000n, purposes: ["GENERAL_RESEARCH"] });
  const { listingId } = await waitForUpload(clients.provider, uploadId, ["SUBMITTED"]);
  const listing = await waitForListing(clients.provider, listingId ?? "");
  assert.deepEqual([listing.ciphertextRoot, (listing.metadata as { deidentification: { by: string } }).deidentification.by], [made.prepared.statement.commitments.ciphertextRoot, "PROVIDER"]);

  // Auditors see what was not recomputed, and open the record with a key of their own.
  const { listing: seen } = await clients.auditor.request(operations.listingChecks, { id: listing.id });
  assert.deepEqual(seen?.checks?.filter(({ attestedBy }) => attestedBy === "PROVIDER").map(({ name }) => name), ["completeness", "format-conformance", "residual-identifiers"]);
  const open = async (person: TradingPerson, grantId: string): Promise<Buffer> => {
    await waitForGrant(clients[person], grantId);
    return Buffer.from(await collect(openDelivery(nodeBackend, await fetchDelivery(clients[person], grantId), { identities: [identities[person].identity], listing })));
  };
  for (const person of ["auditor", "second"] as const) {
    const { claimAudit: claim } = await clients[person].request(operations.claimAudit, { listingId: listing.id, seconds: 600 });
    const { requestAuditAccess: grant } = await clients[person].request(operations.requestAuditAccess, { listingId: listing.id, token: claim?.token ?? "" });
    const record = await open(person, grant.id);
    assert.ok(record.includes("718-7"));
    const said = { report: seen?.report, profile: (listing.metadata as { profile: object }).profile } as ToldRecord;
    assert.deepEqual((await recheckRecord(bytesSource(record), said)).map(({ outcome }) => outcome), ["PASSED", "PASSED", "PASSED"]);
    const lies = await recheckRecord(bytesSource(Buffer.from(record.toString().replace("718-7", "jane@example.org"))), { ...said, profile: { ...said.profile, spanYears: 40 } });
    assert.ok(lies[0]?.outcome === "FAILED" && lies[2]?.outcome === "FAILED" && (lies[2].evidence["different"] as string[]).includes("spanYears"), JSON.stringify(lies));
    await vote(contracts, wallets[person].connect(t.provider), { listingId: listing.id, approve: true, reason: 0 });
  }
  await waitForListing(clients.buyer, listing.id, ({ tradable }) => tradable);
  const { orderIds } = await purchase(clients.buyer, contracts, wallets.buyer.connect(t.provider), [{ listingId: listing.id, purpose: "GENERAL_RESEARCH" }]);
  const { grant } = await waitForOrder(clients.buyer, orderIds[0] ?? "", (order) => order.grant?.status === "READY");
  const bought = await open("buyer", grant?.id ?? "");
  assert.ok(bought.includes("718-7") && !bought.includes(canary));

  await workers.stop();
  const redis = new Redis(workersEnv["REDIS_URL"] ?? "");
  const places: Record<string, Buffer> = {
    "what clients sent": proxy.sent(), Postgres: await dumpPostgres(t.database), Redis: await dumpRedis(redis), objects: await dumpObjects(t.api.deps.objects), logs: Buffer.from(output + workers.output()),
  };
  redis.disconnect();
  const line = bought.toString().split("\n")[5] ?? "";
  assert.ok(Buffer.from(source).includes(canary) && line.length > 20);
  assert.equal(createHash("sha256").update(bought).digest("hex"), made.prepared.deidentifiedSha256);
  // The searches find what is there.
  assert.ok(places["what clients sent"]?.includes(made.prepared.statement.contentHash) && places["objects"]?.includes(made.payload.subarray(100, 200)) && places["Postgres"]?.includes(uploadId));
  const secrets = [...forms("the source", Buffer.from(canary)), ...forms("the de-identified record", Buffer.from(line)), ...forms("the provider's secret", openProfile(join(folder, "profile")).recordSecret()), ...forms("another secret of the provider", secret)];
  rmSync(folder, { recursive: true });
  for (const [place, dump] of Object.entries(places)) {
    assert.ok(dump.length > 100, `${place} was looked through`);
    for (const { name, needle } of secrets) assert.equal(dump.includes(needle), false, `${name} is in ${place}`);
    assert.equal(dump.includes(planted), place === "what clients sent", `what a refused statement had is in ${place}`);
  }
});
