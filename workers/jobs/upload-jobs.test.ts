import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { keccak256 } from "ethers";
import { parseWrappedKey } from "../../crypto/custody/wrapped-key.js";
import { nodeCrypto } from "../../crypto/node.js";
import { openFolderStore } from "../../platform/objects/folder-store.js";
import { regionalStore } from "../../platform/objects/regional-store.js";
import { Metadata } from "../../schema/entities/metadata.js";
import { CheckResult } from "../../schema/entities/check-result.js";
import { RecordKey } from "../../schema/entities/record-key.js";
import { bytesSource, collect, type OutgoingMember, writeZip } from "../../records/index.js";
import { AppError } from "../../schema/errors.js";
import { DataKind } from "../../schema/market.js";
import type { Process } from "../deps.js";
import type { ListingMetadata } from "../listing-metadata.js";
import { encodeList, listingTerms } from "../listing-terms.js";
import { samples, table } from "../../test/support/workers/samples.js";
import { testStack, type TestStack } from "../../test/support/workers/test-stack.js";
import { approve, buy, consent, project } from "../../test/support/workers/trade.js";
import { check } from "./check.js";
import { deidentify } from "./deidentify.js";
import { openEvidence } from "../../crypto/legal-evidence.js";
import { LegalEvidence } from "../../schema/entities/legal-evidence.js";
import { openStagedObject, stagedObject } from "../staging.js";
import { erase } from "./erase.js";
import { encrypt } from "./encrypt.js";
import { ingest } from "./ingest.js";
import { price } from "./price.js";
import { publish } from "./publish.js";
import { store } from "./store.js";

let stack: TestStack;
before(async () => {
  stack = await testStack({ blockTime: 3_600 });
});
after(() => stack.stop());

const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
type UploadJob = Process<{ uploadId: string }>;
const steps = (): [string, UploadJob][] => [
  ["INGESTED", ingest(stack.deps)],
  ["DEIDENTIFIED", deidentify(stack.deps)],
  ["CHECKED", check(stack.deps)],
  ["PRICED", price(stack.deps)],
  ["ENCRYPTED", encrypt(stack.deps)],
  ["STORED", store(stack.deps)],
];
const activityOf = async (uploadId: string): Promise<string[]> =>
  ((await stack.database.query("select payload->>'status' as status from app.activity where upload_id = $1 order by seq", [uploadId])) as { status: string }[]).map(({ status }) => status);
const objectsBelow = async (prefix: string): Promise<string[]> => (await stack.deps.objects.list(prefix)).map(({ key }) => key);
async function read(key: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await stack.deps.objects.get(key)).body) parts.push(part);
  return Buffer.concat(parts);
}

/** All samples and a table as one record set. */
async function archive(): Promise<Uint8Array> {
  async function* members(): AsyncGenerator<OutgoingMember> {
    for (const { name, bytes } of [...samples, { name: "observations.csv", bytes: table(40) }]) yield { name, bytes: bytesSource(bytes)() };
  }
  return collect(writeZip(members()));
}

const inputs: { format: string; bytes: Uint8Array }[] = [...samples, { format: "CSV", bytes: table(40) }, { format: "ARCHIVE", bytes: await archive() }];
for (const [number, { format, bytes }] of inputs.entries()) {
  test(`${format} ${number}: every step, each twice and twice at once, has one effect`, async () => {
    const uploadId = await stack.receive(bytes);
    for (const [status, job] of steps()) {
      await Promise.all([job({ uploadId }), job({ uploadId })]);
      const afterFirst = await stack.upload(uploadId);
      assert.equal(afterFirst.status, status);
      await job({ uploadId });
      assert.deepEqual(await stack.upload(uploadId), afterFirst);
    }
    assert.deepEqual(await activityOf(uploadId), ["RECEIVED", "INGESTED", "DEIDENTIFIED", "CHECKED", "PRICED", "ENCRYPTED", "STORED"]);

    const upload = await stack.upload(uploadId);
    assert.equal(upload.format, format);
    assert.equal(upload.dataKind, { FHIR_JSON: DataKind.FHIR, HL7V2: DataKind.HL7V2, DICOM: DataKind.DICOM, CSV: DataKind.TABULAR, ARCHIVE: DataKind.MIXED }[format as string]);
    assert.equal(upload.stagingKey, null);
    assert.deepEqual(await objectsBelow(`staging/${uploadId}/`), [], "nothing staged is left");
    const prediction = upload.prediction as Record<string, string>;
    assert.ok(BigInt(prediction["p10"] ?? 0) > 0n && BigInt(prediction["p10"] ?? 0) <= BigInt(prediction["p50"] ?? 0) && BigInt(prediction["p50"] ?? 0) <= BigInt(prediction["p90"] ?? 0));

    // The stored object opens with the kept key alone, and is what the row says of it.
    const objectKey = upload.objectKey ?? "";
    assert.ok(objectKey.startsWith("records/") && !objectKey.includes(uploadId));
    const stored = await read(objectKey);
    const { wrapped } = await stack.database.getRepository(RecordKey).findOneByOrFail({ recordId: uploadId });
    const fileKey = await stack.deps.fileKeys.unwrap(uploadId, parseWrappedKey(wrapped));
    const hash = createHash("sha256");
    const expected = { plaintextRoot: upload.plaintextRoot ?? "", ciphertextRoot: upload.ciphertextRoot ?? "", keyCommitment: upload.keyCommitment ?? "" };
    for await (const plain of nodeCrypto.decryptStream([stored], { fileKey, expected })) hash.update(plain);
    assert.equal(hash.digest("hex"), upload.deidentifiedSha256);
    assert.equal(BigInt(stored.length), upload.objectSize);

    // The metadata is where its hash says, and tells what the platform vouches for.
    const { body } = await stack.database.getRepository(Metadata).findOneByOrFail({ hash: upload.metadataHash ?? "" });
    assert.equal(keccak256(Buffer.from(body)), upload.metadataHash);
    assert.equal((await read(`metadata/${upload.metadataHash}`)).toString(), body);
    const metadata = JSON.parse(body) as ListingMetadata;
    const manifest = nodeCrypto.verifyManifest(metadata.manifest, [nodeCrypto.backend.ed25519Public(stack.deps.signingKey())], expected);
    assert.equal(manifest.recordId, uploadId);
    assert.ok(metadata.profile.resourceTypes.every(({ count }) => count === null || count >= 5));

    // The id is the contract's.
    const terms = listingTerms(upload, upload.metadataHash ?? "");
    const { contract, address } = stack.deps.market;
    const [onChain] = contract.decodeFunctionResult("listingIdOf", await stack.provider.call({ to: address, data: contract.encodeFunctionData("listingIdOf", [terms]) }));
    assert.equal(upload.listingId, onChain);
  });
}

test("the direct identifiers of a table are in no object and no row", async () => {
  const uploadId = await stack.receive(table(30, "Zollikofer"));
  for (const [, job] of steps()) await job({ uploadId });
  const upload = await stack.upload(uploadId);
  assert.ok(!JSON.stringify([upload.report, upload.profile, upload.prediction]).includes("Zollikofer"));
  const { wrapped } = await stack.database.getRepository(RecordKey).findOneByOrFail({ recordId: uploadId });
  const fileKey = await stack.deps.fileKeys.unwrap(uploadId, parseWrappedKey(wrapped));
  let text = "";
  for await (const plain of nodeCrypto.decryptStream([await read(upload.objectKey ?? "")], { fileKey })) text += Buffer.from(plain).toString();
  assert.ok(text.includes("718-7"), "it is the table");
  assert.ok(!text.includes("Zollikofer"));
});

test("the legal evidence is encrypted like a record, under a key of its own; a consent goes with the record, an approval stays", async () => {
  for (const [number, legalBasisCode] of (["CONSENT", "ETHICS_APPROVAL"] as const).entries()) {
    const uploadId = await stack.receive(table(50 + number), { legalBasisCode });
    for (const [, job] of steps()) await Promise.all([job({ uploadId }), job({ uploadId })]);
    const kept = async (): Promise<LegalEvidence> => stack.database.getRepository(LegalEvidence).findOneByOrFail({ uploadId });
    const { evidenceId, objectKey, objectSize } = await kept();
    const stored = await read(objectKey ?? "");
    assert.deepEqual([objectKey?.startsWith("records/"), BigInt(stored.length), stored.includes("consent")], [true, objectSize, false]);
    const { wrapped } = await stack.database.getRepository(RecordKey).findOneByOrFail({ recordId: evidenceId });
    const fileKey = await stack.deps.fileKeys.unwrap(evidenceId, parseWrappedKey(wrapped));
    const parts: Uint8Array[] = [];
    for await (const part of nodeCrypto.decryptStream([stored], { fileKey })) parts.push(part);
    const { document } = openEvidence(Buffer.concat(parts), (await stack.upload(uploadId)).legalEvidenceHash);
    assert.equal(Buffer.from(document).toString(), "The patients' consent");
    for (let i = 0; i < 2; i++) await erase(stack.deps)({ uploadId });
    const isErased = legalBasisCode === "CONSENT";
    assert.deepEqual([(await kept()).objectKey === null, (await stack.database.getRepository(RecordKey).findOneByOrFail({ recordId: evidenceId })).wrapped === null, await stack.deps.objects.head(objectKey ?? "") === null], [isErased, isErased, isErased], legalBasisCode);
  }
});

const checksOf = (uploadId: string): Promise<CheckResult[]> => stack.database.getRepository(CheckResult).find({ where: { uploadId }, order: { name: "ASC" } });
const outcomesOf = async (uploadId: string): Promise<Record<string, string>> => Object.fromEntries((await checksOf(uploadId)).map(({ name, outcome }) => [name, outcome]));

test("checks: each is written down once, whatever is killed; the same bytes of another provider and nearly the same ones are told", async () => {
  const first = await stack.receive(table(44));
  for (const [, job] of steps()) await Promise.all([job({ uploadId: first }), job({ uploadId: first })]);
  const passed = { completeness: "PASSED", "exact-duplicate": "PASSED", "format-conformance": "PASSED", "legal-evidence": "PASSED", "metadata-hash": "PASSED", "near-duplicate": "PASSED", "residual-identifiers": "PASSED" };
  const outcomes = await outcomesOf(first);
  // Tables of other tests resemble it: these are not asked here.
  assert.deepEqual({ ...outcomes, "near-duplicate": "PASSED" }, passed);
  const residual = (await checksOf(first)).find(({ name }) => name === "residual-identifiers")?.evidence as { lookedFor: number; found: number };
  assert.ok(residual.lookedFor >= 1 && residual.found === 0, JSON.stringify(residual));
  await assert.rejects(stack.database.query("update app.check_result set outcome = 'FAILED' where upload_id = $1", [first]), /only added/);

  // Killed after the outcomes were found, before anything was written: the next run does all of it.
  const copy = await stack.receive(table(44), { owner: stack.buyer.account });
  for (const [, job] of steps().slice(0, 2)) await job({ uploadId: copy });
  const database = new Proxy(stack.database, { get: (target, name) => (name === "transaction" ? () => Promise.reject(new Error("killed")) : (Reflect.get(target, name) as unknown)) });
  await assert.rejects(check({ ...stack.deps, database })({ uploadId: copy }), /killed/);
  assert.deepEqual([await checksOf(copy), (await stack.upload(copy)).status], [[], "DEIDENTIFIED"]);
  await Promise.all([1, 2, 3].map(() => check(stack.deps)({ uploadId: copy })));
  assert.equal((await stack.upload(copy)).status, "CHECKED");
  const { listingId } = await stack.upload(first);
  const told = Object.fromEntries((await checksOf(copy)).map(({ name, outcome, evidence }) => [name, { outcome, ...(evidence as object) }])) as Record<string, { outcome: string; sets: number; similarity: number; listings: string[] }>;
  assert.deepEqual([told["exact-duplicate"]?.outcome, told["exact-duplicate"]?.sets, told["exact-duplicate"]?.listings], ["FAILED", 1, [listingId]]);
  assert.ok(told["near-duplicate"]?.outcome === "FAILED" && told["near-duplicate"].similarity >= 0.8 && told["near-duplicate"].listings.includes(listingId ?? ""));
});

test("a check that is not passed stops the upload with its reason, which stays; the store's outage does not", async () => {
  const without = await stack.receive(table(45), {}, false);
  for (const [, job] of steps().slice(0, 2)) await job({ uploadId: without });
  await assert.rejects(check(stack.deps)({ uploadId: without }), (error: unknown) => error instanceof AppError && error.code === "CHECK_FAILED" && String(error.details["checks"]) === "legal-evidence" && !error.retryable);
  assert.equal((await outcomesOf(without))["legal-evidence"], "FAILED");

  // De-identification that let a name through: the file is written anew as it would be.
  const leaking = await stack.receive(table(46, "Zollikofer"));
  for (const [, job] of steps().slice(0, 2)) await job({ uploadId: leaking });
  const upload = await stack.upload(leaking);
  const parts: Uint8Array[] = [];
  for await (const part of await openStagedObject(stack.deps.objects, stack.deps.stagingKey, upload, upload.objectKey ?? "")) parts.push(part);
  const target = stagedObject(stack.deps.objects, stack.deps.stagingKey, upload, "deidentified-leaking");
  const text = Buffer.concat(parts).toString();
  const lines = text.split("\n");
  lines[1] = (lines[1] ?? "").replace(/[^,]+$/, "Zollikofer");
  await stack.deps.objects.put(target.key, target.encrypt((async function* () { yield Buffer.from(lines.join("\n")); })()));
  await stack.database.query("update app.upload set object_key = $2 where id = $1", [leaking, target.key]);
  for (let i = 0; i < 2; i++) await assert.rejects(check(stack.deps)({ uploadId: leaking }), (error: unknown) => error instanceof AppError && error.code === "CHECK_FAILED" && /residual-identifiers/.test(error.message) && !error.message.includes("Zollikofer"));
  assert.equal((await outcomesOf(leaking))["residual-identifiers"], "FAILED");
  assert.ok(!JSON.stringify(await checksOf(leaking)).includes("Zollikofer"));

  // A file that is cut: it parses no more, or has fewer records than were reported.
  const cut = await stack.receive(table(47));
  for (const [, job] of steps().slice(0, 2)) await job({ uploadId: cut });
  const whole = await stack.upload(cut);
  const short = stagedObject(stack.deps.objects, stack.deps.stagingKey, whole, "deidentified-cut");
  await stack.deps.objects.put(short.key, short.encrypt((async function* () { yield Buffer.from(text.split("\n").slice(0, 20).join("\n")); })()));
  await stack.database.query("update app.upload set object_key = $2 where id = $1", [cut, short.key]);
  await assert.rejects(check(stack.deps)({ uploadId: cut }), /format-conformance/);
  const gone = await stack.receive(table(48));
  for (const [, job] of steps().slice(0, 2)) await job({ uploadId: gone });
  await stack.deps.objects.delete((await stack.upload(gone)).objectKey ?? "");
  await assert.rejects(check(stack.deps)({ uploadId: gone }), withCode("OBJECT_NOT_FOUND"));
  assert.deepEqual(await checksOf(gone), [], "nothing is said about what could not be read");
});

test("bad files are refused with a typed reason", async () => {
  const cases: [string, Uint8Array][] = [
    ["FILE_EMPTY", new Uint8Array(0)],
    ["FORMAT_UNKNOWN", new TextEncoder().encode("\u0000\u0001 nothing that we read")],
    ["FORMAT_INVALID", (samples[0]?.bytes ?? new Uint8Array()).subarray(0, 2_000)],
  ];
  for (const [code, bytes] of cases) {
    const uploadId = await stack.receive(bytes);
    await assert.rejects(ingest(stack.deps)({ uploadId }), withCode(code), code);
    assert.equal((await stack.upload(uploadId)).status, "RECEIVED");
  }
  const uploadId = await stack.receive(table(1_000));
  await assert.rejects(ingest({ ...stack.deps, maxBytes: 1_000 })({ uploadId }), withCode("FILE_TOO_LARGE"));
});

test("the same content again is refused to the same provider, and hashed alike for another", async () => {
  const [first, second] = [await stack.receive(table(33)), await stack.receive(table(33))];
  await ingest(stack.deps)({ uploadId: first });
  await assert.rejects(ingest(stack.deps)({ uploadId: second }), withCode("DUPLICATE_CONTENT"));
  const other = await stack.receive(table(33), { owner: stack.buyer.account });
  await ingest(stack.deps)({ uploadId: other });
  assert.equal((await stack.upload(other)).contentHash, (await stack.upload(first)).contentHash);
});

test("a staged file that is not whole, or whose key is gone, is told", async () => {
  const short = await stack.receive(table(20), { size: 1_000_000n });
  await assert.rejects(ingest(stack.deps)({ uploadId: short }), withCode("OBJECT_NOT_FOUND"));
  const keyless = await stack.receive(table(21));
  await stack.database.query("update app.upload set staging_key = null where id = $1", [keyless]);
  await assert.rejects(ingest(stack.deps)({ uploadId: keyless }), withCode("KEY_UNAVAILABLE"));
});

test("a withdrawn upload is left alone, and leaves no object", async () => {
  const uploadId = await stack.receive(table(22));
  await ingest(stack.deps)({ uploadId });
  const put = stack.deps.objects.put.bind(stack.deps.objects);
  const objects = {
    ...stack.deps.objects,
    // The owner withdraws while the job writes.
    put: async (key: string, source: AsyncIterable<Uint8Array>) => {
      const size = await put(key, source);
      await stack.database.query("update app.upload set status = 'WITHDRAWN' where id = $1", [uploadId]);
      return size;
    },
  };
  await deidentify({ ...stack.deps, objects })({ uploadId });
  assert.equal((await stack.upload(uploadId)).status, "WITHDRAWN");
  assert.deepEqual((await objectsBelow(`staging/${uploadId}/`)).filter((key) => key.includes("deidentified")), []);
});

test("an upload withdrawn while its payload is stored leaves no record", async () => {
  const uploadId = await stack.receive(table(27));
  for (const [, job] of steps().slice(0, 5)) await job({ uploadId });
  const before = await objectsBelow("records/");
  const put = stack.deps.objects.put.bind(stack.deps.objects);
  const objects = {
    ...stack.deps.objects,
    put: async (key: string, source: AsyncIterable<Uint8Array>) => {
      await stack.database.query("update app.upload set status = 'WITHDRAWN' where id = $1", [uploadId]);
      return put(key, source);
    },
  };
  await store({ ...stack.deps, objects })({ uploadId });
  assert.equal((await stack.upload(uploadId)).status, "WITHDRAWN");
  assert.deepEqual([await objectsBelow("records/"), await objectsBelow(`staging/${uploadId}/`)], [before, []]);
});

test("two attempts at encryption never share a key or an object", async () => {
  const uploadId = await stack.receive(table(23));
  for (const [, job] of steps().slice(0, 4)) await job({ uploadId });
  const keys: string[] = [];
  const fileKeys = { ...stack.deps.fileKeys, wrap: async (id: string, key: Uint8Array, suite: Parameters<typeof stack.deps.fileKeys.wrap>[2]) => (keys.push(Buffer.from(key).toString("hex")), stack.deps.fileKeys.wrap(id, key, suite)) };
  await Promise.all([1, 2, 3].map(() => encrypt({ ...stack.deps, fileKeys })({ uploadId })));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal((await objectsBelow(`staging/${uploadId}/`)).filter((key) => key.includes("payload")).length, 1, "the losers' objects are gone");
});

test("a commit whose answer is lost keeps the record's object", async () => {
  const uploadId = await stack.receive(table(26));
  for (const [, job] of steps().slice(0, 4)) await job({ uploadId });
  const database = new Proxy(stack.deps.database, {
    get: (target, name) =>
      name === "transaction"
        ? async (work: Parameters<typeof target.transaction>[0]) => {
            await (target.transaction as (run: unknown) => Promise<unknown>)(work);
            throw new Error("the connection broke while the commit was answered");
          }
        : (Reflect.get(target, name) as unknown),
  });
  await assert.rejects(encrypt({ ...stack.deps, database })({ uploadId }), /the connection broke/);
  const { status, objectKey } = await stack.upload(uploadId);
  assert.equal(status, "ENCRYPTED");
  assert.ok(await stack.deps.objects.head(objectKey ?? ""), "the object that the row names is there");
});

test("a consent becomes one listing transaction, which the contract accepts", async () => {
  const uploadId = await stack.receive(table(24));
  for (const [, job] of steps()) await job({ uploadId });
  await consent(stack, uploadId);
  await Promise.all([publish(stack.deps)({ uploadId }), publish(stack.deps)({ uploadId })]);
  await publish(stack.deps)({ uploadId });
  assert.equal((await stack.upload(uploadId)).status, "SUBMITTED");
  const rows = (await stack.database.query("select role, target, data from app.tx_outbox where purpose = $1", [`publish:${uploadId}`])) as { role: string; target: string; data: string }[];
  assert.equal(rows.length, 1);
  const [row] = rows;
  assert.ok(row);
  assert.equal(row.role, "RELAYER");
  const relayer = stack.wallets.RELAYER.connect(stack.provider);
  const sent = await relayer.sendTransaction({ to: row.target, data: row.data, type: 0, gasPrice: 0n });
  assert.equal((await stack.provider.waitForTransaction(sent.hash, 1, 10_000))?.status, 1);
  const { listingId } = await stack.upload(uploadId);
  assert.equal(await stack.deps.market.listingStatus(listingId ?? ""), "PENDING");
  // and it can be bought, once approved
  await approve(stack, listingId ?? "");
  const { orderId } = await buy(stack, listingId ?? "");
  assert.equal(await stack.deps.market.orderStatus(orderId), "PAID");
  await project(stack);
});

test("what was changed after the provider's consent is not published", async () => {
  const uploadId = await stack.receive(table(25));
  for (const [, job] of steps()) await job({ uploadId });
  await consent(stack, uploadId);
  await stack.database.query("update app.upload set payee = $2 where id = $1", [uploadId, stack.buyer.account]);
  await assert.rejects(publish(stack.deps)({ uploadId }), withCode("COMMITMENT_MISMATCH"));
  assert.ok(encodeList(stack.deps.market.contract, listingTerms(await stack.upload(uploadId), `0x${"11".repeat(32)}`), { price: 1n, purposes: 1, p10: 1n, p50: 1n, p90: 1n, modelHash: `0x${"22".repeat(32)}` }, 1n, "0x").startsWith("0x"));
});

test("a record of a region with a store of its own is never in another", async () => {
  const swiss = await openFolderStore(join(stack.folder, "swiss"));
  const { objects: main } = stack.deps;
  const deps = { ...stack.deps, objects: regionalStore(main, new Map([[756, swiss]])) };
  const uploadId = await stack.receive(table(38));
  // As an api with the same stores has it.
  for (const { key } of await main.list(`staging/${uploadId}/`)) {
    await swiss.put(`region/756/${key}`, (await main.get(key)).body);
    await main.delete(key);
  }
  const inMain = async (): Promise<string[]> => [...(await objectsBelow("staging/")), ...(await objectsBelow("records/")), ...(await objectsBelow("region/"))];
  const before = await inMain();
  for (const job of [ingest(deps), deidentify(deps), check(deps), price(deps), encrypt(deps), store(deps)]) {
    await job({ uploadId });
    assert.deepEqual(await inMain(), before);
  }
  const { objectKey, status } = await stack.upload(uploadId);
  assert.equal(status, "STORED");
  const evidence = await stack.database.getRepository(LegalEvidence).findOneByOrFail({ uploadId });
  assert.deepEqual((await swiss.list("region/")).map(({ key }) => key).sort(), [objectKey, evidence.objectKey].sort(), "and nothing staged is left");
});
